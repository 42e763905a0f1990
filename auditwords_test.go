package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// composed are the functions that put an action together from parts, with what
// comes of it.
var composed = map[string][]string{
	"hooks/listening save":   {"helplines.add", "helplines.edit", "onCall.add", "onCall.edit"},
	"hooks/listening remove": {"helplines.remove", "onCall.remove"},
}

// Ensure that whatever the server can write into the record, the desk has a
// sentence for: a coordinator reads words there, and no codes.
func TestAudit_HasASentenceForEachActionThatTheServerCanWrite(t *testing.T) {
	raw, err := os.ReadFile("app/src/words/audit.ts")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  '([a-zA-Z.]+)': \(`).FindAllSubmatch(raw, -1) {
		said[string(m[1])] = true
	}
	written := actionsOf(t, "hooks", "internal", "seed", "migrations")
	if len(written) < 40 || !written["concerns.breakGlass"] || !written["people.erase"] {
		t.Fatalf("the search for actions is blind: it finds %v", slices.Sorted(maps.Keys(written)))
	}
	for _, action := range slices.Sorted(maps.Keys(written)) {
		if !said[action] {
			t.Errorf("%s has no sentence in app/src/words/audit.ts", action)
		}
	}
}

// actionsOf finds every action that code below these folders puts into the record.
func actionsOf(t *testing.T, roots ...string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			s := &actions{t: t, folder: filepath.ToSlash(path), found: found, asked: map[string]bool{}}
			s.read(path)
			s.search()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// actions is the search in one package: from each audit.Entry back to where its
// action was written down.
type actions struct {
	t      *testing.T
	folder string
	files  []*ast.File
	found  map[string]bool
	asked  map[string]bool // functions whose callers were looked at, by name and place of the argument
}

func (s *actions) read(folder string) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			s.t.Fatal(err)
		}
		s.files = append(s.files, f)
	}
}

// each calls visit with every node of every function.
func (s *actions) each(visit func(in *ast.FuncDecl, n ast.Node)) {
	for _, f := range s.files {
		for _, d := range f.Decls {
			if fn, is := d.(*ast.FuncDecl); is {
				ast.Inspect(fn, func(n ast.Node) bool { visit(fn, n); return true })
			}
		}
	}
}

func (s *actions) search() {
	s.each(func(in *ast.FuncDecl, n ast.Node) {
		lit, is := n.(*ast.CompositeLit)
		if !is {
			return
		}
		if typ, is := lit.Type.(*ast.SelectorExpr); !is || typ.Sel.Name != "Entry" {
			return
		}
		for _, e := range lit.Elts {
			if kv, is := e.(*ast.KeyValueExpr); is && kv.Key.(*ast.Ident).Name == "Action" {
				s.follow(in, kv.Value)
			}
		}
	})
}

// follow finds what value can be: itself, what a variable was set to, or what the
// callers of the function say.
func (s *actions) follow(in *ast.FuncDecl, value ast.Expr) {
	if lit, is := value.(*ast.BasicLit); is {
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			s.t.Fatal(err)
		}
		s.found[text] = true
		return
	}
	name, is := value.(*ast.Ident)
	if parts := composed[s.folder+" "+in.Name.Name]; !is && parts != nil {
		for _, action := range parts {
			s.found[action] = true
		}
		return
	}
	if !is {
		s.t.Errorf("%s writes an action that this test can't follow: say it outright", in.Name.Name)
		return
	}
	if place := paramOf(in, name.Name); place >= 0 {
		s.callers(in.Name.Name, place)
		return
	}
	ast.Inspect(in, func(n ast.Node) bool {
		if set, is := n.(*ast.AssignStmt); is && len(set.Lhs) == 1 {
			if to, is := set.Lhs[0].(*ast.Ident); is && to.Name == name.Name {
				s.follow(in, set.Rhs[0])
			}
		}
		return true
	})
}

func (s *actions) callers(name string, place int) {
	key := name + " " + strconv.Itoa(place)
	if s.asked[key] {
		return
	}
	s.asked[key] = true
	s.each(func(in *ast.FuncDecl, n ast.Node) {
		call, is := n.(*ast.CallExpr)
		if !is || len(call.Args) <= place {
			return
		}
		switch fn := call.Fun.(type) {
		case *ast.Ident:
			is = fn.Name == name
		case *ast.SelectorExpr:
			is = fn.Sel.Name == name
		default:
			is = false
		}
		if is {
			s.follow(in, call.Args[place])
		}
	})
}

// paramOf says at which place a function takes name; -1: it doesn't.
func paramOf(fn *ast.FuncDecl, name string) int {
	place := 0
	for _, field := range fn.Type.Params.List {
		for _, one := range field.Names {
			if one.Name == name {
				return place
			}
			place++
		}
	}
	return -1
}
