package hooks_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/hooks"
	"kith/internal/audit"
)

// verb runs one of the console's commands on the town, and returns what it said.
func (w *town) verb(args ...string) (string, error) {
	w.t.Helper()
	for _, c := range hooks.Verbs(w.app, w.registry, hooks.Config{}) {
		if c.Name() == args[0] {
			var out bytes.Buffer
			c.SetArgs(args[1:])
			c.SetOut(&out)
			c.SetErr(&out)
			err := c.Execute()
			return out.String(), err
		}
	}
	w.t.Fatalf("there is no verb %s", args[0])
	return "", nil
}

// Ensure that the console proves an audit that holds, with its head; and fails,
// naming the entry, where it doesn't or where its end was cut off.
func TestAudit_TheConsoleFindsWhatWasChanged(t *testing.T) {
	w := newTown(t)
	for range 3 {
		must(t, audit.Append(w.app.DB(), audit.Entry{At: time.Now(), Actor: audit.Console, Action: "roles.give"}))
	}
	head, err := w.verb("audit", "head")
	must(t, err)
	if said, err := w.verb("audit", "verify", "--head", strings.TrimSpace(head)); err != nil || !strings.Contains(said, "3 entries hold") || !strings.Contains(said, head) {
		t.Errorf("%v %s", err, said)
	}
	if _, err := w.verb("audit", "verify", "--head", "3-nonsense"); err == nil {
		t.Error("a head that is none was taken")
	}
	w.exec("DROP TRIGGER audit_delete")
	w.exec("DELETE FROM audit WHERE number = 3")
	if _, err := w.verb("audit", "verify"); err != nil {
		t.Errorf("without a head nothing shows: %v", err)
	}
	if _, err := w.verb("audit", "verify", "--head", strings.TrimSpace(head)); err == nil || !strings.Contains(err.Error(), "entry 3") {
		t.Errorf("a cut-off end: %v", err)
	}
	w.exec("DROP TRIGGER audit_update")
	w.exec("UPDATE audit SET actor = 'somebody' WHERE number = 2")
	if _, err := w.verb("audit", "verify"); err == nil || !strings.Contains(err.Error(), "entry 2") {
		t.Errorf("a changed entry: %v", err)
	}
}

// Ensure that the export is enough to check the chain with nothing of ours, as
// docs/operations.md says how; and that it notes itself.
func TestAudit_TheExportProvesItself(t *testing.T) {
	w := newTown(t)
	must(t, audit.Append(w.app.DB(), audit.Entry{At: time.Now(), Actor: audit.Console, Action: "roles.give", Subject: newID(), Detail: map[string]string{"role": "owner"}}))
	said, err := w.verb("audit", "export")
	must(t, err)
	prev := strings.Repeat("0", 64)
	lines := strings.Split(strings.TrimSpace(said), "\n")
	for i, line := range lines {
		var r struct {
			Number                                                 int
			At, Actor, Device, Action, Subject, Detail, Prev, Hash string
		}
		must(t, json.Unmarshal([]byte(line), &r))
		text := "12:kith audit 1,"
		for _, v := range []string{fmt.Sprint(i + 1), prev, r.At, r.Actor, r.Device, r.Action, r.Subject, r.Detail} {
			text += fmt.Sprintf("%d:%s,", len(v), v)
		}
		sum := sha256.Sum256([]byte(text))
		if prev = hex.EncodeToString(sum[:]); r.Number != i+1 || r.Hash != prev {
			t.Errorf("line %d: %s", i+1, line)
		}
	}
	if len(lines) != 2 || !strings.Contains(lines[1], `"audit.export"`) {
		t.Errorf("%s", said)
	}
}
