package token

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that this package has the one parser of the project: the traps of JWS
// are shut in one place. (Reading the bytes of a token without its parser would
// be one too: also jwt's unverified parsing is looked for.)
//
// The Google that tests send to reads what Kith signs, as Google would. It is no part of
// Kith: floors_test.go keeps it out of the binary.
func TestParser_IsTheOnlyOneInTheProject(t *testing.T) {
	root := filepath.Join("..", "..")
	found := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		if filepath.Dir(name) == filepath.Join(root, "internal", "push", "fake") {
			return nil
		}
		for _, call := range parserCalls(t, name) {
			found++
			if filepath.Dir(name) != filepath.Join(root, "internal", "token") {
				t.Errorf("%s has a parser of its own: %s", name, call)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found != 1 {
		t.Errorf("%d parser constructors in the project, not 1", found)
	}
}

// parserCalls lists what a file uses of the jwt packages to make a parser.
func parserCalls(t *testing.T, name string) (calls []string) {
	t.Helper()
	file, err := goparser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	local := map[string]bool{}
	for _, imp := range file.Imports {
		p := strings.Trim(imp.Path.Value, `"`)
		switch {
		case strings.Contains(p, "golang-jwt/jwt") && imp.Name != nil:
			local[imp.Name.Name] = true
		case strings.Contains(p, "golang-jwt/jwt"):
			local["jwt"] = true
		case strings.HasSuffix(p, "tools/security"): // PocketBase's ParseJWT and ParseUnverifiedJWT
			local["security"] = true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && local[x.Name] {
			switch sel.Sel.Name {
			case "NewParser", "Parse", "ParseWithClaims", "ParseJWT", "ParseUnverifiedJWT":
				calls = append(calls, x.Name+"."+sel.Sel.Name)
			}
		}
		return true
	})
	return append(calls, parserLiterals(file, local)...)
}

func parserLiterals(file *ast.File, local map[string]bool) (calls []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if sel, ok := lit.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Parser" {
			if x, ok := sel.X.(*ast.Ident); ok && local[x.Name] {
				calls = append(calls, x.Name+".Parser{}")
			}
		}
		return true
	})
	return calls
}
