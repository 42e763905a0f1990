package hooks_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks"
	"kith/hooks/waysin"
	"kith/internal/sync"
)

// Every hole that was ever found in the server has a test here that tells the
// attack, or the accident.

// Ensure that somebody who browsed as a visitor and then adds this phone to the
// member they already are gets their own rows at once. (A visitor's cursor was
// taken for theirs, and "nothing new" was the answer until the public moved.)
func TestHole_AVisitorsCursorHidesNothingFromAMember(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("coordinator")
	browsed := parse(t, 200, w.ask("GET", "/api/sync/public/-/0/0", "", nil).Body)
	second := w.secondPhone(rosa.member)
	// NB! Nothing waits: only then may an answer come from memory.
	a := second.exchange(map[string]any{"cursor": browsed.cursor, "pending": 0})
	if !a.has("member/"+rosa.member, "members", rosa.member) {
		t.Fatalf("the member's own rows did not come: %s", a.raw)
	}
}

// Ensure the same for a phone that goes from one member's hands to another's.
func TestHole_AnothersCursorHidesNothingFromAMember(t *testing.T) {
	w := newTown(t)
	rosa, ada := w.phone("resident"), w.phone("resident")
	ada.sync()
	a := rosa.exchange(map[string]any{"cursor": ada.sync().cursor, "pending": 0})
	if !a.has("member/"+rosa.member, "members", rosa.member) || len(a.drops) != 1 {
		t.Fatalf("%s", a.raw)
	}
}

// Ensure that the phone of somebody suspended gets no device out of a leaked
// invite, and does not use the invite up. (The refusal came after the commit.)
func TestHole_ARefusedJoinLeavesNothing(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "resident", Member: rosa.member, Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(t, err)
	w.suspend(rosa.member)
	before := w.dump()
	p := w.stranger()
	rec := p.join(code)
	wantProblem(t, rec, 403, "member_suspended")
	w.unchanged(before, "a refused join")
}

// Ensure that a request whose cursor is refused did not push either. (The
// commands were carried out, and then the answer said 400.)
func TestHole_ARequestWithABadCursorPushesNothing(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	before := w.dump()
	a := p.exchange(map[string]any{"cursor": "!", "commands": []any{p.command("people.rename", map[string]any{"firstName": "Ada"})}})
	if a.code != 400 || !strings.Contains(a.raw, "cursor_invalid") {
		t.Fatalf("%d %s", a.code, a.raw)
	}
	w.unchanged(before, "a refused request")
}

// Ensure that a stolen phone which is listening hears nothing more from the
// moment it is revoked. (It heard everything until its connection was an hour old.)
func TestHole_ARevokedDeviceStopsListeningAtOnce(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	w.secondPhone(p.member) // the member has another, so that the member's own rights don't change
	p.sync()
	l := p.listen()
	device, err := w.app.FindRecordById("devices", p.device)
	must(t, err)
	device.Set("revoked", true)
	must(t, w.app.Save(device))
	w.make("visits", map[string]any{"listing": w.weekly("Lunch club").Id, "member": p.member, "occurrence": nextThursday(), "welcome": "door", "status": "coming"})
	for line := range l.lines {
		if strings.Contains(line, `"visits"`) {
			t.Fatalf("a revoked device was told %s", line)
		}
	}
	wantProblem(t, w.ask("POST", "/api/sync/live", p.token, p.liveBody()), 401, "device_unknown")
}

// Ensure that nobody behind a proxy on this machine looks like this machine,
// also where the proxy only sets the header that KITH_TRUSTED_PROXY names.
func TestHole_AProxyOnThisMachineIsNotThisMachine(t *testing.T) {
	w := newTown(t)
	token := w.superuser()
	for _, header := range []string{"X-Real-IP", "X-Forwarded-For", "Forwarded", "Via", "X-Forwarded-Host", "X-Forwarded-Proto", "CF-Connecting-IP", "True-Client-IP"} {
		for _, path := range []string{"/api/collections", "/api/collections/_superusers/auth-methods", "/_/"} {
			r := httptest.NewRequest("GET", "http://kith.test"+path, nil)
			r.RemoteAddr = "127.0.0.1:5000"
			r.Header.Set("Authorization", token)
			r.Header.Set(header, "203.0.113.9")
			rec := httptest.NewRecorder()
			w.mux.ServeHTTP(rec, r)
			if rec.Code != 404 {
				t.Errorf("%s with %s: %d", path, header, rec.Code)
			}
		}
	}
}

// Ensure that a phone with an absurd clock has its commands carried out. (The
// sum of its time and its offset ran over, the date could not be stored, and
// the command was quarantined as if the server were at fault.)
func TestHole_AnAbsurdClockQuarantinesNothing(t *testing.T) {
	w := newTown(t)
	p := w.phone("activator")
	for _, c := range []struct {
		at     string
		offset int64
	}{
		{"0000-01-01T00:00:00.000Z", -(1 << 53)},
		{"9999-12-31T23:59:59.999Z", 1 << 53},
		{"0000-01-01T00:00:00.000Z", 0},
		{"1969-12-31T00:00:00.000Z", 0},
		{"noon", 0},
		{"", 1 << 53},
	} {
		cmd := p.command("listings.add", map[string]any{"id": newID(), "kind": "group", "title": "Walk"})
		cmd["at"], cmd["offset"] = c.at, c.offset
		a := p.sync(cmd)
		if len(a.outcomes) == 0 || a.outcomes[len(a.outcomes)-1].Status != sync.OK {
			t.Fatalf("%s %d: %s", c.at, c.offset, a.raw)
		}
		var checked string
		must(t, w.app.DB().NewQuery("SELECT checked FROM listings WHERE id = {:id}").Bind(dbx.Params{"id": cmd["args"].(map[string]any)["id"]}).Row(&checked))
		if at, err := time.Parse(time.DateOnly, checked); err != nil || time.Since(at) > 366*24*time.Hour {
			t.Errorf("%s %d: checked on %q", c.at, c.offset, checked)
		}
	}
}

// Ensure that a token in an address, where it would end up in logs and histories,
// opens nothing: it is not read there.
func TestHole_ATokenInAnAddressIsNotRead(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	for _, path := range []string{"/api/sync", "/api/sync/live", "/api/session", "/api/export"} {
		for _, name := range []string{"token", "access_token", "authorization", "Authorization"} {
			rec := w.ask("POST", path+"?"+name+"="+p.token, "", map[string]any{"protocol": 1, "cursor": ""})
			if rec.Code < 400 || rec.Code >= 500 {
				t.Errorf("%s?%s: %d", path, name, rec.Code)
			}
		}
	}
}

// Ensure that no other user of the machine can look into the data folder, where
// everybody's visits and the secrets of tokens are. (PocketBase leaves it open.)
func TestHole_TheDataFolderIsForItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(dir, 0o755))
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	hooks.Register(app, hooks.Config{Public: page})
	must(t, app.Bootstrap())
	t.Cleanup(func() { must(t, app.ResetBootstrapState()) })
	info, err := os.Stat(dir)
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("%v", info.Mode())
	}
}

// stranger is a phone with a key and nothing else.
func (w *town) stranger() *phone { return &phone{town: w, key: newKey(w.t), queue: random()} }

// secondPhone adds a phone to a member, as an invite that names them does.
func (w *town) secondPhone(member string) *phone {
	w.t.Helper()
	code, err := waysin.NewInvite(w.app, waysin.Invite{Role: "resident", Member: member, Uses: 1, Until: time.Now().Add(time.Hour)}, time.Now())
	must(w.t, err)
	p := w.stranger()
	rec := p.join(code)
	if rec.Code != 200 {
		w.t.Fatalf("join: %d %s", rec.Code, rec.Body)
	}
	p.take(rec)
	return p
}

func (w *town) suspend(member string) {
	w.t.Helper()
	m, err := w.app.FindRecordById("members", member)
	must(w.t, err)
	m.Set("standing", "suspended")
	must(w.t, w.app.Save(m))
}

func (w *town) superuser() string {
	w.t.Helper()
	r := w.make(core.CollectionNameSuperusers, map[string]any{"email": newID() + "@example.org"})
	token, err := r.NewAuthToken()
	must(w.t, err)
	return token
}

func wantProblem(t testing.TB, rec *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	var p struct{ Code, Message string }
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != status || p.Code != code || p.Message == "" {
		t.Errorf("answered %d %s, wanted %d %s", rec.Code, rec.Body, status, code)
	}
}

// listening is an open live connection; lines closes with it.
type listening struct {
	lines chan string
	stop  context.CancelFunc
}

func (p *phone) liveBody() map[string]any {
	return map[string]any{"protocol": 1, "schema": 1, "stream": p.queue, "ack": 0, "cursor": p.cursor}
}

// listen opens a live connection and returns once its head has come.
func (p *phone) listen() *listening {
	p.t.Helper()
	raw, err := json.Marshal(p.liveBody())
	must(p.t, err)
	ctx, stop := context.WithCancel(context.Background())
	in, out := io.Pipe()
	r := httptest.NewRequestWithContext(ctx, "POST", "http://kith.test/api/sync/live", strings.NewReader(string(raw)))
	p.authorise(r, p.token)
	l := &listening{lines: make(chan string, 1000), stop: stop}
	go func() {
		p.mux.ServeHTTP(&piped{out: out, header: http.Header{}}, r)
		_ = out.Close()
	}()
	go l.read(in)
	p.t.Cleanup(stop)
	if head := <-l.lines; !strings.HasPrefix(head, `{"head":`) {
		p.t.Fatalf("live began with %q", head)
	}
	return l
}

func (l *listening) read(in io.Reader) {
	defer close(l.lines)
	raw, rest := make([]byte, 64<<10), ""
	for {
		n, err := in.Read(raw)
		rest += string(raw[:n])
		for {
			line, after, found := strings.Cut(rest, "\n")
			if !found {
				break
			}
			if rest = after; line != "" {
				l.lines <- line
			}
		}
		if err != nil {
			return
		}
	}
}

// piped is a response that is read while it is written.
type piped struct {
	out    *io.PipeWriter
	header http.Header
}

func (w *piped) Header() http.Header         { return w.header }
func (w *piped) WriteHeader(int)             {}
func (w *piped) Write(b []byte) (int, error) { return w.out.Write(b) }
func (w *piped) Flush()                      {}
