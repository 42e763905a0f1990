package hooks_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kith/internal/problem"
)

// confirms gives a member an address by the code that comes.
func (p *phone) confirms(email string) {
	p.t.Helper()
	mails := p.mails()
	if rec := p.ask("POST", "/api/email", p.token, map[string]any{"email": email}); rec.Code != 200 {
		p.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := p.ask("POST", "/api/email/confirm", p.token, map[string]any{"code": digits(p.t, mails)}); rec.Code != 200 || strings.TrimSpace(rec.Body.String()) != "{}" {
		p.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// guest is a phone that joined by an invite of a phone, so it isn't enrolled.
func (w *town) guest() *phone {
	w.t.Helper()
	code, _ := w.phone("activator").invites(nil)
	p := w.stranger()
	p.take(p.join(code))
	return p
}

// Ensure that who confirms an address has it from then on, on an enrolled device,
// and can sign in with it elsewhere.
func TestEmail_ConfirmingEnrolsAndLetsSignIn(t *testing.T) {
	w := newTown(t)
	p := w.guest()
	if w.device(p).GetBool("enrolled") {
		t.Fatal("enrolled before")
	}
	p.confirms("Rosa@Example.org")
	m, err := w.app.FindRecordById("members", p.member)
	must(t, err)
	if m.Email() != "rosa@example.org" || !m.Verified() || !m.GetBool("hasEmail") || !w.device(p).GetBool("enrolled") || w.device(p).GetString("enrolledUntil") == "" {
		t.Errorf("%s %v %v", m.Email(), m.Verified(), w.device(p).GetBool("enrolled"))
	}
	if a := p.exchange(map[string]any{"cursor": ""}); a.rows["member/"+p.member+" members/"+p.member]["hasEmail"] != true || strings.Contains(a.raw, "rosa@") {
		t.Errorf("%s", a.raw)
	}
	mails := w.mails()
	id := w.askedCode("rosa@example.org")
	if rec := w.stranger().enter("/api/code/confirm", map[string]any{"id": id, "code": digits(t, mails)}); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// Ensure that a device which isn't enrolled changes no confirmed address, and
// confirms the one that there is; that an enrolled one may change it, and the old
// address is told.
func TestEmail_IsChangedOnlyOnAnEnrolledDevice(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	rosa.confirms("rosa@example.org")
	code, _ := rosa.invites(map[string]any{"role": "member", "member": rosa.member})
	second := w.stranger()
	second.take(second.join(code))
	wantProblem(t, w.ask("POST", "/api/email", second.token, map[string]any{"email": "thief@example.org"}), 403, "email_fixed")
	mails := w.mails()
	if rec := w.ask("POST", "/api/email", second.token, map[string]any{}); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	m := <-mails
	if m.To[0].Address != "rosa@example.org" {
		t.Errorf("the code went to %s", m.To[0].Address)
	}
	rosa.confirms("new@example.org")
	for m.To[0].Address != "rosa@example.org" || !strings.Contains(m.Subject, "was changed") {
		m = <-mails // the change's own code first
	}
}

// Ensure that an unconfirmed device can't slip another address in, by asking
// while there was none.
func TestAttack_AnAddressAskedForEarlierChangesNothing(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	code, _ := rosa.invites(map[string]any{"role": "member", "member": rosa.member})
	second := w.stranger()
	second.take(second.join(code))
	mails := w.mails()
	if rec := w.ask("POST", "/api/email", second.token, map[string]any{"email": "thief@example.org"}); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	sent := digits(t, mails)
	rosa.confirms("rosa@example.org")
	wantProblem(t, w.ask("POST", "/api/email/confirm", second.token, map[string]any{"code": sent}), 403, "email_fixed")
	if m, err := w.app.FindRecordById("members", rosa.member); err != nil || m.Email() != "rosa@example.org" {
		t.Errorf("%v %s", err, m.Email())
	}
}

// Ensure that five wrong guesses kill the code of an address too, and that only
// who confirms one learns that another member has it.
func TestAttack_ConfirmingAnAddressByGuessing(t *testing.T) {
	w := newTown(t)
	w.hasEmail(w.phone("resident").member, "rosa@example.org")
	p := w.guest()
	confirm := func(code string, status int, want string) {
		t.Helper()
		wantProblem(t, w.ask("POST", "/api/email/confirm", p.token, map[string]any{"code": code}), status, want)
	}
	confirm("123456", 403, "code_expired")
	mails := w.mails()
	for range 2 {
		if rec := w.ask("POST", "/api/email", p.token, map[string]any{"email": "rosa@example.org"}); rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	old, fresh := digits(t, mails), digits(t, mails)
	if old != fresh {
		confirm(old, 403, "code_wrong")
	}
	confirm(fresh, 403, "email_taken")
	for range 5 {
		w.ask("POST", "/api/email/confirm", p.token, map[string]any{"code": wrong(fresh)})
	}
	confirm(fresh, 403, "code_expired")
}

// Ensure that neither route is open to a copied token alone.
func TestAttack_ACopiedTokenConfirmsNoAddress(t *testing.T) {
	w := newTown(t)
	p, other := w.guest().proves(false), w.guest()
	for _, path := range []string{"/api/email", "/api/email/confirm"} {
		for code, proof := range map[string][]string{problem.ProofMissing.Code: nil, problem.ProofInvalid.Code: {other.proof(path, time.Now())}} {
			before := w.dump()
			rec := w.raw("POST", path, p.token, `{"email":"thief@example.org","code":"123456"}`, http.Header{"Dpop": proof})
			if rec.Code/100 != 4 || !strings.Contains(rec.Body.String(), `"`+code+`"`) {
				t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
			}
			w.unchanged(before, path)
		}
	}
}
