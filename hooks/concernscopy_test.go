package hooks_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"

	"kith/hooks"
	"kith/hooks/machine"
	"kith/internal/audit"
	"kith/internal/concern"
)

// Ensure that taking a concern in, and withdrawing one, writes to no table but the
// concerns, the record and the index; that none of it says whose it was or where,
// nor when but for the hour; that nothing else of the phone moved; and that no log
// has a line of it.
func TestConcerns_LeaveNoTraceOfWhoBroughtThem(t *testing.T) {
	var lines bytes.Buffer
	w := carefulOf(t, hooks.Config{Public: page, Log: machine.All, LogTo: &lines})
	w.app.Settings().Logs.MinLevel = -8
	must(t, w.app.Save(w.app.Settings()))
	p, carrier := w.trained(), w.trained()
	shop := w.make("shops", map[string]any{"name": "Bakery", "status": "active"}).Id
	w.make("roles", map[string]any{"member": p.member, "role": "staff", "shop": shop})
	w.exec("UPDATE devices SET seen = ''") // as on a new day
	worry := p.named()
	worry.By.Shop = shop
	s, taken := p.write(worry, concern.Normal), p.write(p.worry(), concern.Urgent)
	before := w.dump()
	lines.Reset()
	begun := time.Now()
	for _, says := range []any{s.says, taken.says, taken.withdrawal(), p.write(p.worry(), "no").says} {
		rec := w.ask("POST", "/api/concerns", carrier.token, map[string]any{"letters": []string{p.letter(says)}})
		if rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	w.ask("POST", "/api/concerns/receipts", carrier.token, map[string]any{"receipts": slices.Repeat([]string{s.secret}, 8)})
	var written strings.Builder
	for table, rows := range w.dump() {
		if rows == before[table] {
			continue
		}
		if !slices.Contains([]string{"concerns", "audit", "sync_row", "sync_aud", "sync_meta"}, table) {
			t.Errorf("%s changed: %s", table, difference(before[table], rows))
		}
		for line := range strings.SplitSeq(rows, "\n") {
			if !strings.Contains(before[table], line) {
				written.WriteString(table + " " + line + "\n")
			}
		}
	}
	secrets := []string{p.member, p.device, p.queue, shop, carrier.member, carrier.device, p.token, carrier.token, s.secret, taken.secret}
	for at := begun.UTC().Truncate(time.Minute); !at.After(time.Now().UTC()); at = at.Add(time.Minute) {
		if at.Minute() != 0 { // the hour itself may be told
			secrets = append(secrets, at.Format("T15:04:"), at.Format(" 15:04:"))
		}
	}
	must(t, w.app.Logger().Handler().(*logger.BatchHandler).WriteAll(context.Background()))
	var table []string
	must(t, w.app.AuxDB().NewQuery("SELECT message || ' ' || data FROM _logs").Column(&table))
	for _, secret := range secrets {
		if i := strings.Index(written.String(), secret); i >= 0 {
			t.Errorf("%q was written: %.200s", secret, written.String()[max(0, i-100):])
		}
	}
	if all := lines.String() + strings.Join(table, "\n"); strings.Contains(all, "concerns") {
		t.Errorf("a log tells of it: %s", all)
	}
	if _, err := audit.Verify(w.app.DB()); err != nil {
		t.Error(err)
	}
}

// ledTo is a careful town in which three worries came, and what nobody may find in
// a copy of it.
func ledTo(t *testing.T) (w *careful, secrets []string) {
	t.Helper()
	w = newCareful(t)
	p := w.trained()
	shop := w.make("shops", map[string]any{"name": "Bakery", "status": "active"}).Id
	w.make("roles", map[string]any{"member": p.member, "role": "staff", "shop": shop})
	override := p.named()
	override.Asked, override.Override = concern.CantSafely, &concern.Override{Ground: concern.SeriousRisk, Why: "Gascanary was left on."}
	for _, c := range []*concern.Concern{p.worry(), p.named(), override} {
		c.By.Shop = shop
		if got := p.sends(p.write(c, concern.Normal).says); got != "ok" {
			t.Fatal(got)
		}
	}
	return w, []string{"Kettlecanary", "Amescanary", "Gascanary", "Rosacanary", "900001", "mornings", "cantSafely", "selfCare", `"noticed"`, `"asked":`}
}

// inFiles looks for words in every byte of the files under some folders.
func inFiles(t *testing.T, words []string, folders ...string) {
	t.Helper()
	files := 0
	for _, folder := range folders {
		must(t, filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(name)
			must(t, err)
			files++
			for _, word := range words {
				for _, form := range []string{word, base64.RawURLEncoding.EncodeToString([]byte(word)), base64.StdEncoding.EncodeToString([]byte(word))[:len(word)], hex.EncodeToString([]byte(word))} {
					if bytes.Contains(raw, []byte(form)) {
						t.Errorf("%q is in %s", word, name)
					}
				}
			}
			return nil
		}))
	}
	if files < 2 {
		t.Fatalf("only %d files were looked at", files)
	}
}

// Ensure that a copy of the data folder, with its log, and a backup that anybody can
// read hold no word and no name of any concern; that no row of a concern holds an
// id of whoever wrote it or of their shop; that neither opens without the keys; and
// that with the recovery key alone every concern opens.
func TestConcerns_ACopyWithoutTheKeysSaysNothing(t *testing.T) {
	w, secrets := ledTo(t)
	data := w.app.DataDir()
	inFiles(t, secrets, data) // with the log, while it runs
	w.writtenByNobody(t)
	file := filepath.Join(t.TempDir(), "plain.backup")
	_, err := bare(t, data, "", "backup", "--plain", "--to", file)
	must(t, err)
	restored := filepath.Join(t.TempDir(), "data")
	_, err = bare(t, restored, "", "restore", file)
	must(t, err)
	inFiles(t, secrets, restored, filepath.Dir(file), data)

	// The backup was put back on a machine without the keys.
	offline := filepath.Join(t.TempDir(), "recovery")
	must(t, w.recovery.WriteFile(offline))
	cfg := hooks.Config{ConcernKeys: filepath.Join(t.TempDir(), "none")}
	if out, err := verb(t, restored, cfg, "keys", "check"); err == nil || !strings.Contains(err.Error(), "the keys of concerns are missing") {
		t.Errorf("without keys: %s, %v", out, err)
	}
	other, _, err := concern.NewKeys(time.Now())
	must(t, err)
	others := hooks.Config{ConcernKeys: filepath.Join(t.TempDir(), "others")}
	must(t, other.WriteFile(others.ConcernKeys, true))
	if out, err := verb(t, restored, others, "keys", "check"); err == nil || strings.Count(err.Error(), "sealed to another key") != 3 {
		t.Errorf("with another community's keys: %s, %v", out, err)
	}
	if out, err := verb(t, restored, cfg, "keys", "check", "--recovery", offline); err != nil || !strings.Contains(out, "3 open by the recovery key") {
		t.Errorf("with the recovery key alone: %s, %v", out, err)
	}
	w.opensByRecovery(t, restored)
}

// writtenByNobody looks at each stored concern for ids of people and shops.
func (w *careful) writtenByNobody(t *testing.T) {
	t.Helper()
	var ids []string
	must(t, w.app.DB().NewQuery("SELECT id FROM members UNION SELECT id FROM devices UNION SELECT id FROM shops UNION SELECT id FROM roles UNION SELECT id FROM sync_stream").Column(&ids))
	rows := w.dump()["concerns"]
	for _, id := range ids {
		if strings.Contains(rows, id) {
			t.Errorf("a concern names %s", id)
		}
	}
}

// opensByRecovery reads the words of every concern in a folder with the recovery
// key and nothing else.
func (w *careful) opensByRecovery(t *testing.T, data string) {
	t.Helper()
	records, err := reopened(t, data).app.FindAllRecords("concerns")
	must(t, err)
	if len(records) != 3 {
		t.Fatalf("%d concerns", len(records))
	}
	for _, r := range records {
		envelope, err := base64.RawURLEncoding.DecodeString(r.GetString("sealed"))
		must(t, err)
		f := concern.Facts{Kind: concern.KindConcern, ID: r.Id, Urgency: r.GetString("urgency"), Area: r.GetString("area"), Hour: r.GetString("hour")}
		plain, err := w.recovery.Open(f, envelope)
		must(t, err)
		if c, err := concern.Read(plain); err != nil || !strings.Contains(c.Words, "Kettlecanary") || c.By.FirstName != "Rosacanary" {
			t.Errorf("%+v, %v", c, err)
		}
	}
}

// verb runs a command of the console on a folder.
func verb(t *testing.T, data string, cfg hooks.Config, args ...string) (out string, err error) {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: data})
	r := hooks.Register(app, cfg)
	must(t, app.Bootstrap())
	defer func() { must(t, app.ResetBootstrapState()) }()
	return verbOf(t, hooks.Verbs(app, r, cfg), args...)
}
