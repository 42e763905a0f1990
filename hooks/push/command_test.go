package push

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever has set push up is sent to a button of the app, by the command and by the
// handbook: all three call it the same.
func TestCommand_SendsNobodyToAButtonThatIsNotThere(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", path))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	app := read("app/src/words/phone.ts") + read("app/src/words/you.ts")
	handbook := read("docs/operations.md")
	for _, name := range []string{screen, button, trial} {
		if !strings.Contains(app, "'"+name+"'") {
			t.Errorf("nothing in the app is called %q", name)
		}
		if !strings.Contains(handbook, "*"+name+"*") {
			t.Errorf("docs/operations.md does not name %q", name)
		}
	}
}
