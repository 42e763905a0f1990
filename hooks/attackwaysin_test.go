package hooks_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks/waysin"
	"kith/internal/limits"
)

// Attack scripts against the ways in.

// askFrom asks from another address of the network.
func (w *town) askFrom(remote, path string, body any) *httptest.ResponseRecorder {
	w.t.Helper()
	raw, err := json.Marshal(body)
	must(w.t, err)
	r := httptest.NewRequest("POST", "http://kith.test"+path, bytes.NewReader(raw))
	r.RemoteAddr = remote + ":4711"
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec
}

// Ensure that a code by e-mail dies of wrong guesses, whichever addresses they
// come from and whoever then has the right one.
func TestAttack_SixWrongCodesFromSixAddressesKillACode(t *testing.T) {
	w := newTown(t)
	mails := w.mails()
	rosa := w.phone("resident")
	w.hasEmail(rosa.member, "rosa@example.org")
	id := w.askedCode("Rosa@example.org ")
	code := digits(t, mails)
	thief := w.stranger()
	guess := func(n int, code string) *httptest.ResponseRecorder {
		body := map[string]any{"id": id, "code": code, "deviceName": "x", "proof": thief.proof("/api/code/confirm", time.Now())}
		return w.askFrom(fmt.Sprintf("198.51.100.%d", n), "/api/code/confirm", body)
	}
	for n := range 5 {
		wantProblem(t, guess(n, wrong(code)), 403, "code_wrong")
	}
	wantProblem(t, guess(6, wrong(code)), 403, "code_expired")
	wantProblem(t, guess(7, code), 403, "code_expired")
	wantProblem(t, rosa.enter("/api/code/confirm", map[string]any{"id": id, "code": code}), 403, "code_expired")
}

// Ensure that many guesses at once count as many, not as one.
func TestAttack_GuessesAtOnceAreAllCounted(t *testing.T) {
	w := newTown(t)
	mails := w.mails()
	w.hasEmail(w.phone("resident").member, "rosa@example.org")
	id := w.askedCode("rosa@example.org")
	code := digits(t, mails)
	thief := w.stranger()
	var bodies []map[string]any
	for range 40 {
		bodies = append(bodies, map[string]any{"id": id, "code": wrong(code), "deviceName": "x", "proof": thief.proof("/api/code/confirm", time.Now())})
	}
	answers := make(chan string, len(bodies))
	var all sync.WaitGroup
	for _, body := range bodies {
		all.Go(func() { answers <- w.ask("POST", "/api/code/confirm", "", body).Body.String() })
	}
	all.Wait()
	close(answers)
	wrongs := 0
	for a := range answers {
		if regexp.MustCompile("code_wrong").MatchString(a) {
			wrongs++
		}
	}
	if wrongs != 5 {
		t.Errorf("%d guesses were looked at", wrongs)
	}
}

// Ensure that nobody fills a mailbox with codes, known or not, from however many
// addresses they ask.
func TestAttack_NoMailboxIsFilledWithCodes(t *testing.T) {
	w := newTownWithLimits(t)
	w.make("communities", map[string]any{"name": "Test town", "zone": "Europe/London"})
	w.make("members", map[string]any{"firstName": "Rosa", "standing": "active", "email": "rosa@example.org"})
	for _, email := range []string{"rosa@example.org", "nobody@example.org"} {
		for n := range limits.CodesPerHour + 1 {
			rec := w.askFrom(fmt.Sprintf("198.51.100.%d", n), "/api/code", map[string]any{"email": email})
			if n < limits.CodesPerHour {
				if rec.Code != 200 {
					t.Errorf("%d %s", rec.Code, rec.Body)
				}
				continue
			}
			wantProblem(t, rec, 429, "slow_down")
		}
	}
}

// Ensure that a recovery code lets one device in, and no second one.
func TestAttack_ARecoveryCodePassesOnce(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	code := "7Q2K-M4XD-9TRF-2HAB"
	rosa.mustDo("recovery.card", map[string]any{"id": newID(), "codeHash": codeHashOf(code)})
	found, thief := w.stranger(), w.stranger()
	rec := found.enter("/api/recover", map[string]any{"code": code})
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	before := w.dump()
	wantProblem(t, thief.enter("/api/recover", map[string]any{"code": code}), 403, "recovery_invalid")
	wantProblem(t, rosa.enter("/api/recover", map[string]any{"code": code}), 403, "recovery_invalid")
	w.unchanged(before, "a used code")
	again := found.enter("/api/recover", map[string]any{"code": code}) // the answer was lost
	if again.Code != 200 || w.count("devices") != 2 {
		t.Errorf("%d %s", again.Code, again.Body)
	}
}

// Ensure that a phone which was revoked is refused at its next request, with
// whatever it has.
func TestAttack_ARevokedPhonesNextRequestIsRefused(t *testing.T) {
	w := newTown(t)
	rosa, club := w.phone("resident"), w.weekly("Lunch club")
	code, _ := rosa.invites(map[string]any{"role": "member", "member": rosa.member})
	second := w.stranger()
	second.take(second.join(code))
	if second.member != rosa.member {
		t.Fatalf("%s is not %s", second.member, rosa.member)
	}
	second.sync()
	rosa.mustDo("devices.revoke", map[string]any{"id": second.device})
	before := w.dump()
	a := second.exchange(map[string]any{"commands": []any{second.command("visits.come", comeArgs(club.Id))}})
	if a.code != 401 {
		t.Errorf("%d %s", a.code, a.raw)
	}
	wantProblem(t, second.session(nil), 401, "device_unknown")
	wantProblem(t, second.join(code), 401, "device_unknown")
	w.unchanged(before, "a revoked phone")
	if !rosa.lives() {
		t.Error("the person's other phone is shut out too")
	}
}

// Ensure that nobody invites to more than they may give: neither by the command,
// nor by an invite that stands there without its maker having the right.
func TestAttack_AnInviteOfARoleItsMakerMayNotGiveIsRefused(t *testing.T) {
	w := newTown(t)
	maker := map[string]*phone{"resident": w.phone("resident"), "activator": w.phone("activator")}
	for name, p := range maker {
		for _, role := range waysin.Roles {
			args := map[string]any{"id": newID(), "codeHash": codeHashOf(newID()), "role": role, "uses": 1, "days": 1}
			if role == "owner" || role == "staff" {
				args["shop"] = newID()
			}
			if code := p.told("invites.make", args); code != "not_allowed" && (name != "activator" || role != "resident") {
				t.Errorf("%s invites to %s: %q", name, role, code)
			}
		}
	}
	forged := "0123-4567-89AB-CDEF"
	w.make("invites", map[string]any{
		"codeHash": codeHashOf(forged), "role": "coordinator", "uses": 5, "usesLeft": 5, "by": maker["activator"].member, "expires": "2099-01-01T00:00:00.000Z",
	})
	wantProblem(t, w.stranger().join(forged), 403, "invite_expired")
	w.make("invites", map[string]any{"codeHash": codeHashOf("0123-4567-89AB-CDEG"), "role": "coordinator", "uses": 5, "usesLeft": 5, "expires": "2099-01-01T00:00:00.000Z"})
	wantProblem(t, w.stranger().join("0123-4567-89AB-CDEG"), 403, "invite_expired")
}

// Ensure that an invite goes with its maker's right.
func TestAttack_WhoLostARightHasTakenTheirInvitesAlong(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	code, _ := ada.invites(map[string]any{"uses": 9})
	if rec := w.stranger().join(code); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.suspend(ada.member)
	wantProblem(t, w.stranger().join(code), 403, "invite_expired")
}

// Ensure that nothing which stands in the database is a code: who has a copy of
// it comes in by none of the ways.
func TestAttack_ACodesRowInACopiedDatabaseOpensNothing(t *testing.T) {
	w := newTown(t)
	mails := w.mails()
	rosa, ada := w.phone("resident"), w.phone("activator")
	w.hasEmail(rosa.member, "rosa@example.org")
	ada.invites(nil)
	rosa.mustDo("recovery.card", map[string]any{"id": newID(), "codeHash": codeHashOf("7Q2K-M4XD-9TRF-2HAB")})
	id := w.askedCode("rosa@example.org")
	code := digits(t, mails)
	var stolen []string
	for _, table := range []string{"invites", "recoveries", "codes"} {
		rows, err := w.app.FindAllRecords(table)
		must(t, err)
		for _, r := range rows {
			for _, f := range r.Collection().Fields {
				if v := r.GetString(f.GetName()); v != "" {
					stolen = append(stolen, v)
				}
			}
		}
	}
	if slices.Contains(stolen, code) {
		t.Fatal("the code by e-mail stands in its row")
	}
	thief := w.stranger()
	for _, v := range stolen {
		for path, field := range map[string]string{"/api/join": "invite", "/api/recover": "code"} {
			if rec := thief.enter(path, map[string]any{field: v, "firstName": "Eve"}); rec.Code == 200 {
				t.Errorf("%s let %q in", path, v)
			}
		}
	}
	// Six digits are soon tried, so the row alone must not do: another process,
	// with the same row, takes them for wrong.
	other := newTown(t)
	row, err := w.app.FindRecordById("codes", id)
	must(t, err)
	copied := map[string]any{"member": other.phone("resident").member}
	for _, column := range []string{"id", "kind", "salt", "codeHash", "expires", "created"} {
		copied[column] = row.Get(column)
	}
	other.make("codes", copied)
	wantProblem(t, other.stranger().enter("/api/code/confirm", map[string]any{"id": id, "code": code}), 403, "code_wrong")
}

// Ensure that an invite for one makes one device, however many come at once.
func TestAttack_OneUseAtOnceMakesOneDevice(t *testing.T) {
	w := newTown(t)
	code, _ := w.phone("activator").invites(nil)
	before := w.count("devices")
	phones := make([]*phone, 12)
	for i := range phones {
		phones[i] = w.stranger()
	}
	answers := make(chan int, len(phones))
	var all sync.WaitGroup
	for _, p := range phones {
		all.Go(func() { answers <- p.join(code).Code })
	}
	all.Wait()
	close(answers)
	in := 0
	for status := range answers {
		if status == 200 {
			in++
		}
	}
	if in != 1 || w.count("devices") != before+1 || w.count("members") != before+1 {
		t.Errorf("%d came in, %d devices more", in, w.count("devices")-before)
	}
}

// Ensure that asking for a code says nothing about who is here: the answer has
// the same shape, and a code that was sent to nobody can't be guessed.
func TestAttack_ACodeForNobodyLooksLikeAnyOther(t *testing.T) {
	w := newTown(t)
	w.hasEmail(w.phone("resident").member, "rosa@example.org")
	shape := func(email string) string {
		rec := w.ask("POST", "/api/code", "", map[string]any{"email": email})
		rec.Header().Del("X-Request-Id") // random, for everybody
		return fmt.Sprint(rec.Code, rec.Header(), regexp.MustCompile(`"[a-z0-9]{15}"`).ReplaceAllString(rec.Body.String(), `"…"`))
	}
	if a, b := shape("rosa@example.org"), shape("nobody@example.org"); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	id := w.askedCode("nobody@example.org")
	thief := w.stranger()
	before := w.count("devices")
	for n := range 7 {
		want := "code_wrong"
		if n >= 5 {
			want = "code_expired"
		}
		wantProblem(t, thief.enter("/api/code/confirm", map[string]any{"id": id, "code": fmt.Sprintf("%06d", n)}), 403, want)
	}
	if w.count("devices") != before {
		t.Error("a device was made")
	}
}

// Ensure that a known and an unknown address are the same work: the same
// statements, the same rows. How long each took is printed, and not judged.
func TestAttack_KnownAndUnknownAddressesAreTheSameWork(t *testing.T) {
	oneAtATime(t)
	w := newTown(t)
	w.hasEmail(w.phone("resident").member, "rosa@example.org")
	var mu sync.Mutex
	var heard []string
	literal := regexp.MustCompile(`'[^']*'|\b\d+\b`)
	note := func(statement string) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, literal.ReplaceAllString(statement, "?"))
	}
	for _, db := range []dbx.Builder{w.app.ConcurrentDB(), w.app.NonconcurrentDB()} {
		d := db.(*dbx.DB)
		d.QueryLogFunc = func(_ context.Context, _ time.Duration, q string, _ *sql.Rows, _ error) { note(q) }
		d.ExecLogFunc = func(_ context.Context, _ time.Duration, q string, _ sql.Result, _ error) { note(q) }
	}
	took := map[string][]time.Duration{}
	work := func(email string) []string {
		before := w.dump()
		mu.Lock()
		heard = nil
		mu.Unlock()
		start := time.Now()
		w.askedCode(email)
		took[email] = append(took[email], time.Since(start).Round(time.Millisecond/10))
		mu.Lock()
		did := statementsOfWork(heard)
		mu.Unlock()
		var tables []string
		for table, rows := range w.dump() {
			if rows != before[table] {
				tables = append(tables, "changed "+table)
			}
		}
		return append(did, tables...)
	}
	for range 6 {
		known, unknown := work("rosa@example.org"), work("nobody@example.org")
		if len(known) < 3 || !slices.Equal(known, unknown) {
			t.Fatalf("known: %q\nunknown: %q", known, unknown)
		}
	}
	t.Logf("known   %v", took["rosa@example.org"])
	t.Logf("unknown %v", took["nobody@example.org"])
}

// statementsOfWork leaves out what the dispatcher and the post ask beside a request.
func statementsOfWork(heard []string) (out []string) {
	about := regexp.MustCompile("`codes`|`members`|FROM members|coalesce")
	for _, statement := range heard {
		if about.MatchString(statement) {
			out = append(out, statement)
		}
	}
	return out
}

// Ensure that nobody who isn't signed in shuts an owner out of their own address, nor
// learns by the count that they have just asked; and that who is signed in is bounded, too.
func TestAttack_AStrangerShutsNobodyOutOfTheirCodes(t *testing.T) {
	w := newTownWithLimits(t)
	rosa, other := w.phone("resident"), w.phone("resident")
	w.hasEmail(rosa.member, "rosa@example.org")
	asks := func(p *phone, email string) int {
		return w.ask("POST", "/api/email", p.token, map[string]any{"email": email}).Code
	}
	if got := asks(rosa, "rosa@example.org"); got != 200 {
		t.Fatalf("the owner: %d", got)
	}
	waits := map[string]bool{}
	for n := range limits.CodesPerHour + 8 {
		rec := w.askFrom(fmt.Sprintf("198.51.100.%d", n), "/api/code", map[string]any{"email": "rosa@example.org"})
		if (rec.Code == 200) != (n < limits.CodesPerHour) {
			t.Errorf("a stranger, %d: %d %s", n, rec.Code, rec.Body)
		}
		if rec.Code != 200 {
			waits[rec.Body.String()] = true
		}
	}
	if len(waits) < 2 {
		t.Errorf("all are told to come back at once: %v", waits)
	}
	for n := range limits.CodesPerHour {
		if got, want := asks(rosa, "rosa@example.org"), 200; n < limits.CodesPerHour-1 && got != want || n == limits.CodesPerHour-1 && got != 429 {
			t.Errorf("the owner again, %d: %d", n, got)
		}
	}
	full := 0
	for range limits.CodesPerHour { // an address that is nobody's, of two members
		for _, p := range []*phone{w.phone("resident"), other} {
			if asks(p, "somebody@example.org") == 200 {
				full++
			}
		}
	}
	if full != limits.CodesPerHour {
		t.Errorf("%d codes are sent to one that isn't theirs", full)
	}
}
