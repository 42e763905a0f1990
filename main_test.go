package main

import (
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
	c := asKith(t, args...)
	late := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() }) // none takes as long
	defer late.Stop()
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

func asKith(t *testing.T, args ...string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), asItself+"=1", "KITH_KEYS=", "KITH_CONCERN_KEYS=", "KITH_CARD_KEYS=", "KITH_BACKUP_TO=")
	return c
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serving starts a server on the folder, and returns once it answers.
func serving(t *testing.T, data string) *exec.Cmd {
	t.Helper()
	addr := free(t)
	c := asKith(t, "serve", "--dir", data, "--http", addr)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		if r, err := http.Get("http://" + addr + "/api/health"); err == nil {
			r.Body.Close()
			tick.Stop()
			t.Cleanup(func() { _ = c.Process.Kill(); <-ended })
			return c
		}
		select {
		case <-tick.C:
		case err := <-ended:
			t.Fatalf("the server ended: %v", err)
		}
	}
}

// Ensure that a second server of one folder says so and ends, that other verbs work
// beside the first, and that one that was killed leaves nothing in the way.
func TestServe_IsTheOnlyOneOfItsFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := serving(t, data)
	if said, code := kith(t, "serve", "--dir", data, "--http", free(t)); code != 1 || !strings.Contains(said, "a server serves this data folder already") || !strings.Contains(said, data) {
		t.Errorf("a second one: exit %d, and it says %s", code, said)
	}
	if said, code := kith(t, "audit", "verify", "--dir", data); code != 0 {
		t.Errorf("another verb beside it: exit %d, and it says %s", code, said)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	serving(t, data) // waits for what is left of the first
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
	for verb, want := range map[string]string{"doctor extra": "unknown command", "reindex bogus": "unknown command", "keys new bogus": "unknown command", "keys retire": "accepts 1 arg(s)"} {
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

// Ensure that a restore that fails leaves no folder where there was none.
func TestRestore_ThatFailsLeavesNoFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "not-a-backup")
	if err := os.WriteFile(file, []byte("tea at three"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, code := kith(t, "restore", file, "--dir", filepath.Join(dir, "a", "b")); code != 1 || !strings.Contains(said, "nothing was put back") {
		t.Errorf("exit %d, and it says %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder is left: %v", err)
	}
}

// Ensure that capitals in the name of a shop don't matter.
func TestInvite_FindsAShopWhateverItsCapitals(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if said, code := kith(t, "seed", "--dir", data); code != 0 {
		t.Fatal(said)
	}
	if said, code := kith(t, "invite", "--role", "owner", "--shop", "the mended chair", "--dir", data); code != 0 || !strings.Contains(said, "owner for 1") {
		t.Errorf("exit %d, and it says %s", code, said)
	}
	if said, code := kith(t, "invite", "--role", "owner", "--shop", "the mended", "--dir", data); code != 1 || !strings.Contains(said, "0 shops") {
		t.Errorf("exit %d, and it says %s", code, said)
	}
}
