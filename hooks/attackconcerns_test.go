package hooks_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/security"

	"kith/hooks/waysin"
	"kith/internal/concern"
	"kith/internal/seal"
	"kith/internal/token"
)

// sealedAs is a concern whose facts and envelope somebody's own program made.
func (p *phone) sealedAs(c *concern.Concern, change func(f *concern.Facts, envelope []byte)) *slip {
	p.t.Helper()
	s := p.write(c, concern.Normal)
	f := s.says.Facts()
	change(&f, nil)
	plain, err := json.Marshal(c)
	must(p.t, err)
	b := p.bundle()
	envelope, err := concern.Seal(b.Intake, b.Recovery, f, plain)
	must(p.t, err)
	change(&f, envelope)
	s.says.Area, s.says.Hour, s.says.Sealed = f.Area, f.Hour, b64(envelope)
	return s
}

// Ensure that nobody's name comes in by the area, which stands in the clear: what
// isn't the community's area is none, and the concern opens all the same.
func TestAttack_NobodyIsNamedByTheAreaOfAConcern(t *testing.T) {
	w := newCareful(t)
	p, boss := w.trained(), w.phone("coordinator")
	s := p.sealedAs(p.worry(), func(f *concern.Facts, _ []byte) { f.Area = "Joan Amescanary, 9 Oak Road" })
	for _, want := range []string{"ok", "merged"} {
		if got := p.sends(s.says); got != want {
			t.Error(got)
		}
	}
	if left := w.tablesWith("Amescanary", "Oak Road"); len(left) > 0 {
		t.Errorf("in the clear in %v", left)
	}
	if row := w.concernRow(s.says.ID); row["area"] != "" || row["state"] != "new" {
		t.Errorf("%v", row)
	}
	if out := boss.mustOpen(s.says.ID, ""); !strings.Contains(out.Concern["words"].(string), "Kettlecanary") {
		t.Errorf("%v", out)
	}
}

// Ensure that a letter isn't lost because its token ran out while there was no
// signal: its proof says whose it is; but what is older than any phone keeps a
// letter, or was signed by another key, or goes with another token, is refused.
func TestAttack_ALetterOutlivesItsToken(t *testing.T) {
	w := newCareful(t)
	p, other := w.trained(), w.trained()
	device, err := w.app.FindRecordById("devices", p.device)
	must(t, err)
	old, err := security.NewJWT(jwt.MapClaims{"type": "auth", "id": p.device, "collectionId": device.Collection().Id, "refreshable": true},
		device.TokenKey()+device.Collection().AuthToken.Secret, -time.Hour)
	must(t, err)
	day := 24 * time.Hour
	for what, c := range map[string]struct {
		signer *phone
		ath    string
		age    time.Duration
		want   string
	}{
		"of 20 days ago": {p, old, 20 * day, "ok"}, "of 59 days ago": {p, old, 59 * day, "ok"}, "of 61 days ago": {p, old, 61 * day, "rejected token_missing"},
		"of tomorrow": {p, old, -day, "rejected token_missing"}, "by another key": {other, old, day, "rejected by_wrong"}, "with another token": {p, p.token, day, "rejected token_missing"},
	} {
		s := p.write(p.worry(), concern.Normal)
		proof := c.signer.proofFor(c.ath, time.Now().Add(-c.age))
		if got := w.post(w.letterOf(old, proof, s.says))[0].String(); got != c.want {
			t.Errorf("%s: %s", what, got)
		}
		w.exec("UPDATE concerns SET till = ''")
	}
	w.set("devices", p.device, map[string]any{"revoked": true})
	s := p.write(p.worry(), concern.Normal)
	if got := w.post(w.letterOf(old, p.proofFor(old, time.Now()), s.says))[0].String(); got != "rejected device_unknown" {
		t.Errorf("of a phone that was shut out: %s", got)
	}
}

// Ensure that a letter is kept by its phone, and not refused, where the database
// can't say just now whose it is.
func TestAttack_AFaultOfOursIsNoRefusalOfALetter(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	letter := p.letter(p.write(p.named(), concern.Normal).says)
	w.exec("PRAGMA legacy_alter_table = on")
	for _, table := range []string{"devices", "members", "roles", "basics", "communities", "concerns", "audit"} {
		w.exec("ALTER TABLE " + table + " RENAME TO away")
		if got := w.post(letter)[0].String(); got != "later internal" {
			t.Errorf("without %s: %s", table, got)
		}
		w.exec("ALTER TABLE away RENAME TO " + table)
	}
	if got := w.post(letter)[0].String(); got != "ok" {
		t.Errorf("afterwards: %s", got)
	}
}

// proofFor is a proof of this phone for a letter with a token, as of a time.
func (p *phone) proofFor(access string, at time.Time) string {
	return p.sign(jwt.MapClaims{"htm": "POST", "htu": "http://kith.test/api/concerns", "iat": at.Unix(), "jti": random(), "ath": token.Access(access)}, nil)
}

// letterOf is a letter of a token and a proof, whosever they are.
func (w *town) letterOf(access, proof string, says any) string {
	w.t.Helper()
	plain, err := json.Marshal(map[string]any{"token": access, "proof": proof, "letter": says})
	must(w.t, err)
	blob, err := seal.SealFor(concern.InfoLetter, w.sealTo(), concern.Pad(plain, concern.LetterStep))
	must(w.t, err)
	return b64(blob)
}

// Ensure that nobody passes on more by joining one device after another: a person may
// as much in a day as two devices; and that this is written down nowhere.
func TestAttack_MoreDevicesAreNotMoreConcerns(t *testing.T) {
	w := newCareful(t)
	w.exec(`UPDATE communities SET care = '{"perHour":2,"perDay":2}'`)
	p, other := w.trained(), w.trained()
	got := map[string]int{}
	for range 4 {
		for range 2 {
			got[p.sends(p.write(p.worry(), concern.Urgent).says)]++
		}
		p = w.anotherOf(p)
	}
	if got["ok"] != 4 || got["later too_many"] != 4 {
		t.Errorf("%v", got)
	}
	if got := other.sends(other.write(other.worry(), concern.Normal).says); got != "ok" {
		t.Errorf("somebody else is held up: %s", got)
	}
	w.writtenByNobody(t)
}

// anotherOf is one more device of somebody.
func (w *town) anotherOf(p *phone) *phone {
	w.t.Helper()
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "member", Member: p.member, Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(w.t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(w.t, err)
	q := &phone{town: w, key: key, queue: random()}
	q.take(q.join(code))
	return q
}

// Ensure that no concern is lost to how somebody typed the community's area, and that
// the console makes one line of it.
func TestAttack_ASpaceInTheAreaLosesNoConcern(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	const area = " Cafe\u0301  Rise "
	for _, stored := range []string{area, "Elsewhere"} {
		_, err := w.app.DB().NewQuery("UPDATE communities SET area = {:area}").Bind(dbx.Params{"area": stored}).Execute()
		must(t, err)
		s := p.sealedAs(p.worry(), func(f *concern.Facts, _ []byte) { f.Area = area })
		if got := p.sends(s.says); got != "ok" {
			t.Errorf("%q: %s", stored, got)
		}
	}
	w.mustHere("keys", "check")
	if _, err := w.here("community", "--area", "Nunhead\nand Peckham"); err == nil {
		t.Error("two lines are an area")
	}
	w.mustHere("community", "--area", " Nunhead ")
	var got string
	if must(t, w.app.DB().NewQuery("SELECT area FROM communities").Row(&got)); got != "Nunhead" {
		t.Errorf("%q", got)
	}
}
