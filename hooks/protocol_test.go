package hooks_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks/waysin"
	"kith/internal/problem"
)

// section is one numbered part of docs/protocol.md, from its heading on.
func section(t *testing.T, number string) string {
	t.Helper()
	raw, err := os.ReadFile("../docs/protocol.md")
	must(t, err)
	_, text, found := strings.Cut(string(raw), "\n## "+number+". ")
	if !found {
		t.Fatalf("docs/protocol.md has no section %s", number)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// rows of the tables in text whose first cell is one piece of code.
func rowsOf(text string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.SplitSeq(text, "\n") {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "/"), "|")
		if len(cells) < 4 {
			continue
		}
		name := strings.TrimSpace(cells[1])
		if strings.HasPrefix(name, "`") && strings.HasSuffix(name, "`") {
			out[strings.Trim(name, "`")] = cells[2 : len(cells)-1]
		}
	}
	return out
}

// same compares two sets of names.
func same(t *testing.T, what string, documented, real []string) {
	t.Helper()
	slices.Sort(documented)
	slices.Sort(real)
	documented, real = slices.Compact(documented), slices.Compact(real)
	for _, name := range documented {
		if !slices.Contains(real, name) {
			t.Errorf("%s: %s is documented, and isn't there", what, name)
		}
	}
	for _, name := range real {
		if !slices.Contains(documented, name) {
			t.Errorf("%s: %s is there, and isn't documented", what, name)
		}
	}
}

// Ensure that the table of errors is the catalogue.
func TestProtocol_TheErrorsAreTheCatalogue(t *testing.T) {
	var documented, real []string
	for _, m := range regexp.MustCompile("(?m)^\\| (\\d{3}) \\| `([a-z_]+)` \\| .+ \\|$").FindAllStringSubmatch(section(t, "2"), -1) {
		documented = append(documented, m[1]+" "+m[2])
	}
	for _, p := range problem.All() {
		real = append(real, fmt.Sprintf("%d %s", p.Status, p.Code))
	}
	same(t, "errors", documented, real)
}

// Ensure that the table of commands is what the server carries out, and that
// the reasons for which it rejects are all there.
func TestProtocol_TheCommandsAreTheServers(t *testing.T) {
	text := section(t, "8")
	same(t, "commands", slices.Collect(maps.Keys(rowsOf(text))), newTown(t).registry.Names())
	var documented, real []string
	for _, m := range regexp.MustCompile("`([a-z]+(?:_[a-z]+)+)`").FindAllStringSubmatch(text, -1) {
		documented = append(documented, m[1])
	}
	rejects := regexp.MustCompile(`(?:Reject\(|related\("[a-z]+", )"([a-z_]+)"`)
	for _, root := range []string{".", "../internal/sync", "../internal/notice"} {
		must(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			raw, err := os.ReadFile(name)
			for _, m := range rejects.FindAllStringSubmatch(string(raw), -1) {
				real = append(real, m[1])
			}
			return err
		}))
	}
	same(t, "rejections", documented, real)
}

// Ensure that the tables of audiences and columns are what the server declares;
// docs/permissions.md too.
func TestProtocol_TheColumnsAreTheDeclaration(t *testing.T) {
	declared := newTown(t).registry.Declaration
	permissions, err := os.ReadFile("../docs/permissions.md")
	must(t, err)
	for name, text := range map[string]string{"docs/protocol.md": section(t, "7"), "docs/permissions.md": string(permissions)} {
		rows := rowsOf(text)
		for _, c := range declared.Collections {
			real := []string{"id"}
			for _, column := range c.Columns {
				real = append(real, column.Name)
			}
			if len(rows[c.Name]) == 0 {
				t.Errorf("%s: %s has no row", name, c.Name)
				continue
			}
			same(t, name+", "+c.Name, columnNames(rows[c.Name][0]), real)
		}
	}
	same(t, "audiences", kinds(slices.Collect(maps.Keys(rowsOf(section(t, "7")))), true), declaredKinds(t))
}

// columnNames reads "`id, text, list[] {inside, it}` and words".
func columnNames(cell string) (names []string) {
	_, code, _ := strings.Cut(cell, "`")
	code, _, _ = strings.Cut(code, "`")
	code = regexp.MustCompile(`\{[^}]*\}|\[\]`).ReplaceAllString(code, "")
	for name := range strings.SplitSeq(code, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

// kinds are what stands before the "/" of an audience; collections are left out.
func kinds(names []string, documented bool) (out []string) {
	for _, name := range names {
		if _, collection := mayHold[name]; !documented || !collection {
			kind, _, _ := strings.Cut(name, "/")
			out = append(out, kind)
		}
	}
	return out
}

func declaredKinds(t *testing.T) []string {
	d := newTown(t).registry.Declaration
	var keys []string
	for _, c := range d.Collections {
		for _, a := range c.To {
			keys = append(keys, a.Key)
		}
	}
	for _, g := range d.Grants {
		if g.Audience != "" {
			keys = append(keys, g.Audience)
		}
	}
	for i, k := range keys { // "'host/' || {row}.listing" is of the kind host
		keys[i] = strings.Split(strings.Trim(k, "'"), "'")[0]
	}
	return kinds(keys, false)
}

// Ensure that every collection has its place in docs/permissions.md, with who
// may hold its rows as the oracle has it.
func TestProtocol_PermissionsSayWhatTheOracleHolds(t *testing.T) {
	raw, err := os.ReadFile("../docs/permissions.md")
	must(t, err)
	rows := rowsOf(string(raw))
	var own, named []string
	for name := range mayHold {
		own = append(own, name)
	}
	for name := range rows {
		if _, collection := mayHold[name]; collection {
			named = append(named, name)
		}
	}
	same(t, "docs/permissions.md", named, own)
	commands := []string{}
	for name := range rows {
		if strings.Contains(name, ".") {
			commands = append(commands, name)
		}
	}
	same(t, "docs/permissions.md, commands", commands, newTown(t).registry.Names())
}

// example is a block of JSON in docs/protocol.md, under a mark.
type example struct{ mark, text string }

func examples(t *testing.T) (out []example) {
	t.Helper()
	raw, err := os.ReadFile("../docs/protocol.md")
	must(t, err)
	for _, m := range regexp.MustCompile("(?s)<!-- ([a-z]+(?:: [a-z/]+)?) -->\n+```json\n(.*?)\n```").FindAllStringSubmatch(string(raw), -1) {
		out = append(out, example{m[1], m[2]})
	}
	return out
}

// Ensure that what the page says to send is answered as it says.
func TestProtocol_ExamplesAreTrue(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	p := w.stranger()
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "resident", Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(t, err)
	var last string
	ran := map[string]bool{}
	for _, e := range examples(t) {
		ran[e.mark] = true
		switch kind, path, _ := strings.Cut(e.mark, ": "); kind {
		case "error":
			expired := w.stranger().join(w.spentInvite())
			sameShape(t, e, expired.Body.String())
			if !strings.Contains(expired.Body.String(), `"invite_expired"`) {
				t.Errorf("%s", expired.Body)
			}
		case "run":
			values := map[string]any{
				"invite": code, "device": p.device, "proof": p.proof(path, time.Now()), "stream": p.queue, "nonce": random(), "id": newID(), "listing": club.Id,
				"occurrence": nextThursday(), "at": time.Now().UTC().Format(time.RFC3339), "offset": 0, "cursor": p.cursor,
			}
			if path == "/api/sync" { // the example is the fifth command of a queue
				for range 4 {
					p.sync(p.command("people.rename", map[string]any{"firstName": "Rosa"}))
				}
			}
			rec := w.raw("POST", path, p.token, filled(t, e.text, values), nil)
			if rec.Code != 200 {
				t.Fatalf("%s: %d %s", e.mark, rec.Code, rec.Body)
			}
			last = rec.Body.String()
			switch path {
			case "/api/join", "/api/session":
				p.take(rec)
			case "/api/sync":
				if a := parse(t, 200, strings.NewReader(last)); len(a.outcomes) != 1 || a.outcomes[0].Number != 5 || a.outcomes[0].Status != "ok" {
					t.Errorf("%s: %s", e.mark, last)
				}
				p.cursor = p.sync().cursor
			}
		case "answer":
			sameShape(t, e, last)
		case "schedule":
			host := w.phone("activator")
			a := host.sync(host.command("listings.add", map[string]any{"id": newID(), "kind": "group", "title": "Lunch", "schedule": []any{json.RawMessage(e.text)}}))
			if a.outcomes[0].Status != "ok" {
				t.Errorf("%s: %s", e.mark, a.raw)
			}
		}
	}
	same(t, "marks", slices.Collect(maps.Keys(ran)), []string{"error", "run: /api/join", "answer", "run: /api/session", "run: /api/sync", "run: /api/sync/live", "schedule"})
}

func (w *town) spentInvite() string {
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "resident", Uses: 1, Until: time.Now().Add(-time.Hour)}, time.Now())
	must(w.t, err)
	return code
}

// filled is an example with real values where a name has one, at any depth.
func filled(t *testing.T, text string, values map[string]any) string {
	t.Helper()
	var body any
	must(t, json.Unmarshal([]byte(text), &body))
	var fill func(any)
	fill = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				if value, has := values[k]; has {
					v[k] = value
				}
				fill(v[k])
			}
		case []any:
			for i := range v {
				fill(v[i])
			}
		}
	}
	fill(body)
	raw, err := json.Marshal(body)
	must(t, err)
	if strings.Contains(string(raw), "…") {
		t.Fatalf("a placeholder is left in %s", raw)
	}
	return string(raw)
}

// sameShape compares the names and kinds of an example's values with a real answer's.
func sameShape(t *testing.T, e example, real string) {
	t.Helper()
	var a, b map[string]any
	must(t, json.Unmarshal([]byte(e.text), &a))
	must(t, json.Unmarshal([]byte(real), &b))
	same(t, e.mark, slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b)))
	for k := range a {
		if fmt.Sprintf("%T", a[k]) != fmt.Sprintf("%T", b[k]) {
			t.Errorf("%s: %s is %v, and really %v", e.mark, k, a[k], b[k])
		}
	}
}

// Ensure that the lines which the page lists are the ones that come, with no
// key inside that it doesn't show.
func TestProtocol_TheLinesAreTheOnesThatCome(t *testing.T) {
	shown := map[string]map[string]any{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\{.+\\})` \\|").FindAllStringSubmatch(section(t, "4")+section(t, "6"), -1) {
		var line map[string]any
		must(t, json.Unmarshal([]byte(strings.NewReplacer("{…}", "{}", ": …}", ": {}}").Replace(m[1])), &line))
		for kind, inside := range line {
			object, _ := inside.(map[string]any)
			if shown[kind] == nil || len(object) > 0 {
				shown[kind] = object
			}
		}
	}
	for _, raw := range realLines(t) {
		var line map[string]any
		must(t, json.Unmarshal([]byte(raw), &line))
		for kind, inside := range line {
			if _, known := shown[kind]; !known {
				t.Errorf("%s comes, and isn't shown", raw)
			}
			object, _ := inside.(map[string]any)
			for key := range object {
				if _, known := shown[kind][key]; !known && key != "next" && key != "retryAfterMs" { // those two are in the text
					t.Errorf("%s: %s isn't shown", raw, key)
				}
			}
		}
	}
	same(t, "lines", slices.Collect(maps.Keys(shown)), []string{"head", "outcome", "stop", "drop", "reset", "row", "gone", "end", "frame", "poke", "bye", "wipe", "leases"})
}

// realLines are the lines of a few real answers.
func realLines(t *testing.T) []string {
	s := newStage(t)
	p := s.phones[host]
	gap := p.command("people.rename", nil)
	gap["number"] = 9
	p.number--
	raw := p.sync(p.command("people.rename", map[string]any{"firstName": ""}), gap).raw
	hosting, err := s.app.FindRecordById("hosts", s.ids["hosts"]["host of the club"])
	must(t, err)
	must(t, s.app.Delete(hosting))
	s.set("listings", s.ids["listings"]["paused"], map[string]any{"status": "draft"})
	raw += p.sync().raw + s.raw("POST", "/api/sync/live", p.token, `{"protocol":1,"cursor":""}`, nil).Body.String()
	raw += s.ask("GET", "/api/sync/public/-/0/0", "", nil).Body.String()
	return strings.Split(strings.TrimSpace(raw), "\n")
}
