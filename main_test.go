package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asItself has the program of these tests be kith.
const asItself = "KITH_TEST_AS_ITSELF"

func TestMain(m *testing.M) {
	if os.Getenv(asItself) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// kith runs a verb as somebody at the machine does, and gives what it says and its exit code.
func kith(t *testing.T, args ...string) (said string, code int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), asItself+"=1", "KITH_KEYS=", "KITH_CONCERN_KEYS=", "KITH_CARD_KEYS=", "KITH_BACKUP_TO=")
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// Ensure that a folder that was mistyped is said to hold no community, by every verb
// but those that begin one, and that nothing is made there.
func TestVerbs_MakeNothingInAFolderThatWasMistyped(t *testing.T) {
	for _, verb := range []string{
		"keys check", "keys rotate", "keys retire 0123456789abcdef", "keys rescue --recovery x", "keys new", "keys new concerns --recovery x",
		"concerns about Joan", "audit head", "audit verify", "audit export", "retention run", "invite", "epoch", "reindex",
		"import ical x.ics", "import oruk x.json", "superuser upsert a@example.org 1234567890", "backup --plain", "doctor",
	} {
		typo := filepath.Join(t.TempDir(), "typo")
		said, code := kith(t, append(strings.Fields(verb), "--dir", typo)...)
		if code != 1 || !strings.Contains(said, typo) {
			t.Errorf("%s: exit %d, and it says %s", verb, code, said)
		}
		if strings.Contains(said, "Usage:") {
			t.Errorf("%s: a wrong folder shows how it is called:\n%s", verb, said)
		}
		if left, err := os.ReadDir(filepath.Dir(typo)); err != nil || len(left) > 0 {
			t.Errorf("%s made %v, %v", verb, left, err)
		}
	}
}

// Ensure that a verb that isn't there, or lacks one, fails with a sentence that names
// those there are, also where there is no community; and that asking how it is called
// doesn't fail.
func TestVerbs_ThatAreNotThereFailWithASentence(t *testing.T) {
	typo := filepath.Join(t.TempDir(), "typo")
	for verb, want := range map[string]string{
		"bogus":           "unknown command",
		"keys bogus":      "there is no kith keys bogus: say what to do: kith keys check",
		"keys":            "say what to do: kith keys check",
		"audit bogus":     "there is no kith audit bogus",
		"concerns":        "kith concerns about NAME",
		"retention":       "kith retention run",
		"import bogus":    "there is no kith import bogus",
		"superuser bogus": "there is no kith superuser bogus",
		"backup --bogus":  "unknown flag",
	} {
		if said, code := kith(t, append(strings.Fields(verb), "--dir", typo)...); code != 1 || !strings.Contains(said, want) {
			t.Errorf("%s: exit %d, and it says %s", verb, code, said)
		}
	}
	for _, verb := range []string{"", "--help", "keys --help", "config", "--version"} {
		if said, code := kith(t, append([]string{"--dir", typo}, strings.Fields(verb)...)...); code != 0 {
			t.Errorf("%q: exit %d, and it says %s", verb, code, said)
		}
	}
	if _, err := os.Stat(typo); err == nil {
		t.Error("a folder was made")
	}
}

// Ensure that what fails for another reason than how it was called says that reason
// alone, and that the verbs that begin a community do.
func TestVerbs_SayTheReasonAlone(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if said, code := kith(t, "community", "--name", "Nunhead Neighbours", "--dir", data); code != 0 {
		t.Fatal(said)
	}
	for verb, want := range map[string]string{"reindex bogus": "unknown command", "keys new bogus": "unknown command", "keys retire": "accepts 1 arg(s)"} {
		if said, code := kith(t, append(strings.Fields(verb), "--dir", data)...); code != 1 || !strings.Contains(said, want) || !strings.Contains(said, "Usage:") {
			t.Errorf("%s: exit %d, and it says %s", verb, code, said)
		}
	}
	for verb, want := range map[string]string{
		"keys check":      "kith keys new concerns makes them",
		"keys rotate":     "kith keys new concerns makes them",
		"keys rescue":     "--recovery FILE",
		"backup":          "nobody is named whom the backup is for",
		"invite --role x": "a role is one of",
		"restore nowhere": "nothing was put back",
	} {
		said, code := kith(t, append(strings.Fields(verb), "--dir", data)...)
		if code != 1 || !strings.Contains(said, want) || strings.Contains(said, "Usage:") {
			t.Errorf("%s: exit %d, and it says %s", verb, code, said)
		}
	}
}
