package hooks_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks/waysin"
	"kith/internal/limits"
)

// Ensure that an invite made on a phone lets in as many as it says, says what it
// is for before anybody joins, and tells its maker what is left of it.
func TestInvites_MadeOnAPhoneLetInAsManyAsTheySay(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	code, id := ada.invites(map[string]any{"uses": 2, "days": 7, "note": " Poster at the library "})
	rec := w.ask("POST", "/api/invite", "", map[string]any{"invite": strings.ToLower(code)})
	var about struct{ Community, Role, Shop, Expires string }
	must(t, json.Unmarshal(rec.Body.Bytes(), &about))
	if rec.Code != 200 || about.Community != "Test town" || about.Role != "resident" || about.Shop != "" || about.Expires == "" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for range 2 {
		if rec := w.stranger().join(code); rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	mine, _ := ada.invites(map[string]any{"role": "member", "member": ada.member})
	if rec := w.ask("POST", "/api/invite", "", map[string]any{"invite": mine}); !strings.Contains(rec.Body.String(), `"role":"member"`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	wantProblem(t, w.stranger().join(code), 403, "invite_expired")
	wantProblem(t, w.ask("POST", "/api/invite", "", map[string]any{"invite": code}), 403, "invite_expired")
	wantProblem(t, w.ask("POST", "/api/invite", "", map[string]any{"invite": "0000-0000-0000-0000"}), 403, "invite_invalid")
	row := ada.exchange(map[string]any{"cursor": ""}).rows["member/"+ada.member+" invites/"+id]
	if row["usesLeft"] != 0.0 || row["uses"] != 2.0 || row["note"] != "Poster at the library" || row["by"] != ada.member {
		t.Errorf("its maker is told %v", row)
	}
}

// Ensure that an ended invite lets nobody in, and that ending it twice is no trouble.
func TestInvites_AnEndedOneLetsNobodyIn(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	code, id := ada.invites(map[string]any{"uses": 200, "days": 90})
	ada.mustDo("invites.end", map[string]any{"id": id})
	ada.mustDo("invites.end", map[string]any{"id": id})
	wantProblem(t, w.stranger().join(code), 403, "invite_expired")
}

// Ensure that an invite has the bounds of its role.
func TestInvites_HaveBounds(t *testing.T) {
	w := newTown(t)
	c := w.phone("coordinator")
	for name, change := range map[string]map[string]any{
		"too many uses": {"uses": 201}, "no use": {"uses": 0}, "too long": {"days": 91}, "no day": {"days": 0},
		"eleven coordinators": {"role": "coordinator", "uses": 11}, "two phones": {"role": "member", "member": c.member, "uses": 2},
		"a phone for a week": {"role": "member", "member": c.member, "days": 7}, "a shop for a coordinator": {"role": "coordinator", "shop": newID()},
		"staff of no shop": {"role": "staff"}, "a role that isn't": {"role": "king"}, "a member for a resident": {"member": c.member},
		"the code itself": {"codeHash": "7Q2K-M4XD-9TRF-2HAB"},
	} {
		args := map[string]any{"id": newID(), "codeHash": codeHashOf(newID()), "role": "resident", "uses": 1, "days": 1}
		for k, v := range change {
			args[k] = v
		}
		if code := c.told("invites.make", args); code != "args_invalid" {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// Ensure that one coordinator alone can't become another, and helps everybody
// else to a second phone.
func TestInvites_OneMoreDeviceIsForOneselfOrBySomebodyTrusted(t *testing.T) {
	w := newTown(t)
	c, other, rosa := w.phone("coordinator"), w.phone("coordinator"), w.phone("resident")
	args := func(member string) map[string]any {
		return map[string]any{"id": newID(), "codeHash": codeHashOf(newID()), "role": "member", "member": member, "uses": 1, "days": 1}
	}
	for name, try := range map[string]struct {
		by     *phone
		member string
		code   string
	}{
		"another coordinator": {c, other.member, "not_allowed"}, "oneself": {c, c.member, ""}, "a resident, by a coordinator": {c, rosa.member, ""},
		"a resident, by themselves": {rosa, rosa.member, ""}, "a coordinator, by a resident": {rosa, c.member, "not_allowed"}, "nobody": {c, newID(), "member_unknown"},
	} {
		if code := try.by.told("invites.make", args(try.member)); code != try.code {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// Ensure that a device which joined by an invite of this machine's console is
// enrolled, one by an invite of a phone isn't, and that an hour after its time
// it is not any more.
func TestEnrolment_LapsesAfterNinetyDays(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	code, _ := ada.invites(nil)
	guest := w.stranger()
	guest.take(guest.join(code))
	if !w.device(ada).GetBool("enrolled") || w.device(guest).GetBool("enrolled") {
		t.Fatalf("enrolled: %v, %v", w.device(ada).GetBool("enrolled"), w.device(guest).GetBool("enrolled"))
	}
	must(t, waysin.Hourly(w.app, time.Now().Add(limits.Enrolment-time.Hour)))
	if !w.device(ada).GetBool("enrolled") {
		t.Error("it lapsed too early")
	}
	must(t, waysin.Hourly(w.app, time.Now().Add(limits.Enrolment+time.Minute)))
	if w.device(ada).GetBool("enrolled") {
		t.Error("it didn't lapse")
	}
}

// Ensure that two people at the desk bring somebody back, with their own phone
// making the code; that their other devices are out from then on; and that one
// person alone can't.
func TestRecovery_AtTheDeskTakesTwo(t *testing.T) {
	w := newTown(t)
	rosa, opener, second := w.phone("resident"), w.phone("coordinator"), w.phone("activator")
	id, code := newID(), "7Q2K-M4XD-9TRF-2HAB"
	opener.mustDo("recovery.open", map[string]any{"id": id, "member": rosa.member})
	confirm := map[string]any{"id": id, "codeHash": codeHashOf(code)}
	if c := opener.told("recovery.confirm", confirm); c != "not_yourself" {
		t.Errorf("the opener confirms: %q", c)
	}
	if c := w.phone("resident").told("recovery.confirm", confirm); c != "recovery_unknown" {
		t.Errorf("a resident confirms: %q", c)
	}
	if row := second.exchange(map[string]any{"cursor": ""}).rows["activators recoveries/"+id]; row["firstName"] != "Rosa" || row["codeHash"] != nil {
		t.Errorf("the second is told %v", row)
	}
	second.mustDo("recovery.confirm", confirm)
	if c := w.phone("activator").told("recovery.confirm", map[string]any{"id": id, "codeHash": codeHashOf("x")}); c != "recovery_closed" {
		t.Errorf("a third confirms: %q", c)
	}
	back := w.stranger()
	rec := back.enter("/api/recover", map[string]any{"code": strings.ToLower(code)})
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	back.take(rec)
	if back.member != rosa.member || !back.lives() || rosa.lives() || w.device(back).GetBool("enrolled") {
		t.Errorf("%s %v %v", back.member, back.lives(), rosa.lives())
	}
	if a := second.sync(); !a.gone("activators", "recoveries", id) {
		t.Errorf("it stays on the desk: %s", a.raw)
	}
}

// Ensure that a code at the desk is good for a quarter of an hour, and that what
// nobody confirms is off the desk in a day.
func TestRecovery_AtTheDeskRunsOut(t *testing.T) {
	w := newTown(t)
	rosa, opener, second := w.phone("resident"), w.phone("coordinator"), w.phone("activator")
	ready, open := newID(), newID()
	opener.mustDo("recovery.open", map[string]any{"id": ready, "member": rosa.member})
	opener.mustDo("recovery.open", map[string]any{"id": open, "member": rosa.member})
	second.mustDo("recovery.confirm", map[string]any{"id": ready, "codeHash": codeHashOf("ABCD")})
	status := func(id string) string {
		r, err := w.app.FindRecordById("recoveries", id)
		must(t, err)
		return r.GetString("status")
	}
	must(t, waysin.Hourly(w.app, time.Now().Add(limits.DeskReady+time.Minute)))
	if status(ready) != "refused" || status(open) != "open" {
		t.Errorf("%s, %s", status(ready), status(open))
	}
	wantProblem(t, w.stranger().enter("/api/recover", map[string]any{"code": "ABCD"}), 403, "recovery_invalid")
	must(t, waysin.Hourly(w.app, time.Now().Add(limits.DeskOpen+time.Minute)))
	if status(open) != "refused" {
		t.Errorf("%s", status(open))
	}
}

// Ensure that a new card makes the old one worthless, and that its owner can
// refuse it.
func TestRecovery_ANewCardReplacesTheOld(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	card := func(code string) string {
		id := newID()
		rosa.mustDo("recovery.card", map[string]any{"id": id, "codeHash": codeHashOf(code)})
		return id
	}
	card("AAAA")
	id := card("BBBB")
	wantProblem(t, w.stranger().enter("/api/recover", map[string]any{"code": "AAAA"}), 403, "recovery_invalid")
	if c := w.phone("coordinator").told("recovery.refuse", map[string]any{"id": id}); c != "recovery_unknown" {
		t.Errorf("a coordinator refuses somebody's card: %q", c)
	}
	rosa.mustDo("recovery.refuse", map[string]any{"id": id})
	wantProblem(t, w.stranger().enter("/api/recover", map[string]any{"code": "BBBB"}), 403, "recovery_invalid")
}

// Ensure that a code by e-mail signs a device in, and enrols it; that the same
// phone may ask again for an answer that was lost; and that nobody else may.
func TestCode_SignsInAndEnrols(t *testing.T) {
	w := newTown(t)
	mails := w.mails()
	rosa := w.phone("resident")
	w.hasEmail(rosa.member, "rosa@example.org")
	id := w.askedCode("rosa@example.org")
	code := digits(t, mails)
	second := w.stranger()
	for range 2 {
		rec := second.enter("/api/code/confirm", map[string]any{"id": id, "code": code})
		if rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		second.take(rec)
	}
	if second.member != rosa.member || !w.device(second).GetBool("enrolled") || w.count("devices") != 2 || !rosa.lives() {
		t.Errorf("%s, %d devices", second.member, w.count("devices"))
	}
	wantProblem(t, w.stranger().enter("/api/code/confirm", map[string]any{"id": id, "code": code}), 403, "code_expired")
}

// Ensure that a code runs out, is deleted soon after, and is worth nothing to a
// server that was started since.
func TestCode_RunsOut(t *testing.T) {
	w := newTown(t)
	mails := w.mails()
	w.hasEmail(w.phone("resident").member, "rosa@example.org")
	id := w.askedCode("rosa@example.org")
	code := digits(t, mails)
	_, err := w.app.DB().Update("codes", dbx.Params{"expires": "2026-01-01T00:00:00.000Z"}, dbx.HashExp{"id": id}).Execute()
	must(t, err)
	wantProblem(t, w.stranger().enter("/api/code/confirm", map[string]any{"id": id, "code": code}), 403, "code_expired")
	must(t, waysin.Hourly(w.app, time.Now()))
	if w.count("codes") != 0 {
		t.Errorf("%d codes stay", w.count("codes"))
	}
}

// Ensure that mails are files where no mail server is set up, for their owner
// alone and for a day.
func TestMail_IsAFileWithoutAMailServer(t *testing.T) {
	w := newTown(t)
	mails := w.mails()
	w.hasEmail(w.phone("resident").member, "rosa@example.org")
	w.askedCode("rosa@example.org")
	code := digits(t, mails)
	folder := filepath.Join(w.app.DataDir(), "mail")
	files, err := os.ReadDir(folder)
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	name := filepath.Join(folder, files[0].Name())
	raw, err := os.ReadFile(name)
	must(t, err)
	info, err := os.Stat(name)
	must(t, err)
	if !strings.Contains(string(raw), code) || !strings.Contains(string(raw), "To: rosa@example.org") || !strings.Contains(string(raw), "Test town") || info.Mode().Perm() != 0o600 {
		t.Errorf("%v\n%s", info.Mode(), raw)
	}
	must(t, waysin.Hourly(w.app, time.Now().Add(time.Hour)))
	must(t, waysin.Hourly(w.app, time.Now().Add(25*time.Hour)))
	if files, _ = os.ReadDir(folder); len(files) != 0 {
		t.Errorf("%d files stay", len(files))
	}
}

// mailServer takes one mail, as an SMTP server does, and gives what was said.
func mailServer(t *testing.T) (port int, said <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	out := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		var all strings.Builder
		answer := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
		answer("220 mail.test")
		data := false
		for lines := bufio.NewScanner(c); lines.Scan(); {
			line := lines.Text()
			all.WriteString(line + "\n")
			switch {
			case data && line == ".":
				data = false
				answer("250 taken")
			case data:
			case line == "DATA":
				data = true
				answer("354 go on")
			case line == "QUIT":
				answer("221 bye")
				out <- all.String()
				return
			default:
				answer("250 mail.test")
			}
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, out
}

// Ensure that mails go out through the mail server where one is set up, from the
// community's name and the address of the settings, and are not kept.
func TestMail_GoesOutWhereAMailServerIsSetUp(t *testing.T) {
	w := newTown(t)
	port, said := mailServer(t)
	set := w.app.Settings()
	set.SMTP.Enabled, set.SMTP.Host, set.SMTP.Port = true, "127.0.0.1", port
	set.Meta.SenderAddress = "kith@town.example"
	must(t, w.app.Save(set))
	w.hasEmail(w.phone("resident").member, "rosa@example.org")
	w.askedCode("rosa@example.org")
	select {
	case mail := <-said:
		for _, want := range []string{"RCPT TO:<rosa@example.org>", "Test town", "kith@town.example", "Subject: Your code for Test town", "Type it in the app"} {
			if !strings.Contains(mail, want) {
				t.Errorf("no %q in\n%s", want, mail)
			}
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no mail came")
	}
	if _, err := os.Stat(filepath.Join(w.app.DataDir(), "mail")); !os.IsNotExist(err) {
		t.Errorf("it is kept as well: %v", err)
	}
}

// Ensure that who leaves has no way in left: no device, no card, no address.
func TestLeaving_EndsEveryWayIn(t *testing.T) {
	w := newTown(t)
	w.phone("coordinator")
	rosa := w.phone("resident")
	rosa.confirms("rosa@example.org")
	rosa.mustDo("recovery.card", map[string]any{"id": newID(), "codeHash": codeHashOf("ABCD")})
	rosa.mustDo("people.leave", map[string]any{"why": "moved"})
	wantProblem(t, rosa.session(nil), 401, "device_unknown")
	wantProblem(t, w.stranger().enter("/api/recover", map[string]any{"code": "ABCD"}), 403, "recovery_invalid")
	m, err := w.app.FindRecordById("members", rosa.member)
	must(t, err)
	if m.Email() != "" || m.GetBool("hasEmail") || w.count("recoveries") != 0 {
		t.Errorf("%q, %d", m.Email(), w.count("recoveries"))
	}
	w.guest().confirms("rosa@example.org") // it is free for who comes back
}
