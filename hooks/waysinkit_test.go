package hooks_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/mailer"
)

// codeHashOf is what a phone sends of a code that it made.
func codeHashOf(code string) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(code, "-", "")))
	return hex.EncodeToString(sum[:])
}

// enter asks a way in with a good proof of this phone's key.
func (p *phone) enter(path string, body map[string]any) *httptest.ResponseRecorder {
	p.t.Helper()
	body["proof"] = p.proof(path, time.Now())
	if body["deviceName"] == nil {
		body["deviceName"] = "Phone"
	}
	return p.ask("POST", path, "", body)
}

// told sends one command and gives its outcome's code: "" if it was done.
func (p *phone) told(name string, args map[string]any) string {
	p.t.Helper()
	a := p.sync(p.command(name, args))
	p.ack = p.number
	o := a.outcomes[len(a.outcomes)-1]
	if (o.Code == "") != (o.Status == "ok" || o.Status == "merged") {
		p.t.Fatalf("%s: %+v", name, o)
	}
	return o.Code
}

// mustDo sends one command that has to be done.
func (p *phone) mustDo(name string, args map[string]any) {
	p.t.Helper()
	if code := p.told(name, args); code != "" {
		p.t.Fatalf("%s: %s", name, code)
	}
}

// invites makes an invite on this phone, and gives its code.
func (p *phone) invites(args map[string]any) (code, id string) {
	p.t.Helper()
	plain := strings.NewReplacer("O", "0", "I", "1", "L", "1", "U", "V").Replace(strings.ToUpper(newID() + "0"))
	code, id = plain[:4]+"-"+plain[4:8]+"-"+plain[8:12]+"-"+plain[12:], newID()
	full := map[string]any{"id": id, "codeHash": codeHashOf(code), "role": "resident", "uses": 1, "days": 1, "note": ""}
	for k, v := range args {
		full[k] = v
	}
	p.mustDo("invites.make", full)
	return code, id
}

// mails are what the town posts, as they come.
func (w *town) mails() <-chan *mailer.Message {
	out := make(chan *mailer.Message, 100)
	w.app.OnMailerSend().Bind(&hook.Handler[*core.MailerEvent]{Priority: -1, Func: func(e *core.MailerEvent) error {
		err := e.Next()
		out <- e.Message
		return err
	}})
	return out
}

// digits of the next mail.
func digits(t testing.TB, mails <-chan *mailer.Message) string {
	t.Helper()
	select {
	case m := <-mails:
		return regexp.MustCompile(`\b\d{6}\b`).FindString(m.Text)
	case <-time.After(10 * time.Second):
		t.Fatal("no mail came")
		return ""
	}
}

// wrong is a code that isn't this one.
func wrong(digits string) string {
	if digits[0] == '0' {
		return "1" + digits[1:]
	}
	return "0" + digits[1:]
}

// askedCode asks for a code by e-mail, and gives the id of the question.
func (w *town) askedCode(email string) string {
	w.t.Helper()
	rec := w.ask("POST", "/api/code", "", map[string]any{"email": email})
	var a struct{ ID string }
	must(w.t, json.Unmarshal(rec.Body.Bytes(), &a))
	if rec.Code != 200 || len(a.ID) != 15 {
		w.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return a.ID
}

// hasEmail gives a member an address that they have confirmed.
func (w *town) hasEmail(member, email string) {
	w.t.Helper()
	m, err := w.app.FindRecordById("members", member)
	must(w.t, err)
	m.SetEmail(email)
	m.SetVerified(true)
	must(w.t, w.app.Save(m))
}

// lives says whether a device is still answered.
func (p *phone) lives() bool {
	p.t.Helper()
	return p.exchange(map[string]any{}).code == 200
}
