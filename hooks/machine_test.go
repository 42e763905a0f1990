package hooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"

	"kith/hooks"
	"kith/hooks/machine"
	"kith/internal/gauges"
	"kith/internal/limits"
	"kith/internal/sync"
)

// here asks as whoever sits at the machine.
func (w *town) here(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://127.0.0.1:8090"+path, nil)
	r.RemoteAddr = "127.0.0.1:5000"
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec
}

// Words that nobody may find in a log or a figure.
const (
	logName  = "Canaryname"
	logWords = "canary words of hers"
	logAsked = "canaryinanaddress"
	logAgent = "canaryagent"
)

// logged is a town whose every request is written as a line.
func logged(t *testing.T) (*town, *bytes.Buffer) {
	t.Helper()
	var lines bytes.Buffer
	w := townOf(t, hooks.Config{Public: page, Log: machine.All, LogTo: &lines}, func(r *sync.Registry) {
		r.Handle("test.fail", func(*sync.Call) (sync.Result, error) { return sync.Result{}, errors.New("broken") })
	})
	w.app.Settings().Logs.MinLevel = -8 // even what only somebody who looks for a fault turns on
	must(t, w.app.Save(w.app.Settings()))
	return w, &lines
}

// scenario does a bit of everything that goes right and wrong, and returns what
// of it must not be found anywhere.
func scenario(t *testing.T, w *town) (secrets []string) {
	t.Helper()
	her, boss := w.phone("activator"), w.phone("coordinator")
	her.done("people.rename", map[string]any{"firstName": logName})
	come := comeArgs(w.weekly("Lunch club").Id)
	come["firstName"] = logName
	her.done("visits.come", come)
	her.done("reports.make", map[string]any{"id": newID(), "kind": "worry", "text": logWords, "contact": "07700 900461"})
	w.hasEmail(her.member, "canary@example.org")
	failing := her.command("test.fail", map[string]any{"note": logWords})
	for range 3 {
		her.sync(failing)
	}
	her.sync(her.command("canary.nosuchcommand", map[string]any{"note": logWords}))
	her.sync(her.command("visits.come", map[string]any{"firstName": logWords}))
	w.ask("POST", "/api/code", "", map[string]any{"email": "canary@example.org"})
	w.ask("POST", "/api/join", "", map[string]any{"invite": logAsked, "firstName": logName})
	w.ask("POST", "/api/sync", her.token, "{"+logWords)
	for _, path := range []string{"/api/" + logAsked, "/" + logAsked + ".js", "/api/sync?token=" + her.token, "/api/sync/public/" + logAsked + "/0/x", "/api/health?who=" + logName} {
		r := httptest.NewRequest("GET", "http://kith.test"+path, nil)
		r.Header.Set("User-Agent", logAgent)
		r.Header.Set("Referer", "http://kith.test/"+logAsked)
		r.Header.Set("X-Request-Id", logAsked)
		r.Header.Set("Authorization", "Bearer "+her.token)
		w.mux.ServeHTTP(httptest.NewRecorder(), r)
	}
	her.done("people.erase", map[string]any{})
	return []string{
		logName, "canary words", "07700", logAsked, logAgent, "canary@", "canary.nosuch", "192.0.2.1",
		her.token, boss.token, her.member, her.device, boss.member, boss.device, her.queue, come["id"].(string), come["listing"].(string),
	}
}

// Ensure that a whole scenario's logs, our lines and PocketBase's own table with
// even the smallest things in it, tell what was asked and how it went, and nothing
// of anybody: no address, token, e-mail, name, id, nor what somebody sent.
func TestLogs_HoldNobody(t *testing.T) {
	w, lines := logged(t)
	secrets := scenario(t, w)
	handler, is := w.app.Logger().Handler().(*logger.BatchHandler)
	if !is {
		t.Fatal("PocketBase logs in another way")
	}
	must(t, handler.WriteAll(context.Background()))
	var table []string
	must(t, w.app.AuxDB().NewQuery("SELECT message || ' ' || data FROM _logs").Column(&table))
	all := lines.String() + strings.Join(table, "\n")
	for _, s := range secrets {
		if i := strings.Index(all, s); i >= 0 {
			t.Errorf("%q is in the logs: %.300s", s, all[max(0, i-150):])
		}
	}
	if !strings.Contains(strings.Join(table, "\n"), "POST /api/join") || !strings.Contains(strings.Join(table, "\n"), "test.fail") {
		t.Errorf("the table does not say what failed: %v", table)
	}
	for l := range strings.Lines(lines.String()) {
		var line struct {
			Route, Request string
			Status         int
			Ms             *float64
		}
		if err := json.Unmarshal([]byte(l), &line); err != nil || line.Route == "" || line.Request == "" || line.Status == 0 || line.Ms == nil {
			t.Fatalf("%v in %s", err, l)
		}
	}
}

// Ensure that the figures count what was done, and that no label of theirs holds
// anybody or anything that somebody sent.
func TestMetrics_CountWhatWasDoneAndNobody(t *testing.T) {
	w, _ := logged(t)
	secrets := scenario(t, w)
	for _, j := range w.app.Cron().Jobs() {
		if j.Id() == "kithPrints" {
			j.Run()
		}
	}
	rec := w.here("/metrics")
	body := rec.Body.String()
	for _, s := range secrets {
		if strings.Contains(body, s) {
			t.Errorf("%q is in the figures", s)
		}
	}
	for _, want := range []string{
		`kith_requests_total{class="4xx",route="POST /api/join"} 1`, `kith_requests_total{class="2xx",route="POST /api/sync"}`,
		`kith_commands_total{name="visits.come",outcome="ok"} 1`, `kith_commands_total{name="visits.come",outcome="rejected"} 1`,
		`kith_commands_total{name="unknown",outcome="rejected"} 1`, `kith_commands_total{name="test.fail",outcome="quarantined"} 1`,
		`kith_sync_seconds_count{part="push"}`, `kith_sync_seconds_count{part="pull"}`, "kith_live_connections 0", "kith_live_lagged_total 0",
		"kith_seq ", `kith_rows{collection="listings"} 1`, "kith_log_bytes ", "kith_disk_free_bytes ", "kith_epoch_changes_total 0", `kith_job_runs_total{job="kithPrints"} 1`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

// Ensure that health tells ok, busy and sick apart, and that only who is sick
// answers 503: to start a busy server again makes it busier.
func TestHealth_TellsSickFromBusy(t *testing.T) {
	g := gauges.New()
	w := townOf(t, hooks.Config{Public: page, Gauges: g})
	health := func() (h machine.Health, code int) {
		rec := w.here("/api/health/machine")
		must(t, json.Unmarshal(rec.Body.Bytes(), &h))
		return h, rec.Code
	}
	is := func(h machine.Health, code int, state string, status int, why string) {
		t.Helper()
		if code != status || h.State != state || !strings.Contains(strings.Join(h.Why, "; "), why) {
			t.Errorf("it feels %d %+v, not %s because of %q", code, h, state, why)
		}
	}
	feels := func(state string, status int, why string) {
		t.Helper()
		h, code := health()
		is(h, code, state, status, why)
	}
	feels("ok", 200, "")
	g.Request("POST /api/sync", http.StatusServiceUnavailable, true, time.Now())
	feels("busy", 200, "sent away")
	g.Request("POST /api/sync", http.StatusServiceUnavailable, true, time.Now().Add(-time.Hour))
	feels("ok", 200, "")
	// The hub notes by itself, now and then, that all is handed out: it may do so in between.
	for tries := 50; ; tries-- {
		g.Handed(time.Now().Add(-time.Hour))
		if h, code := health(); code == 503 || tries == 0 {
			is(h, code, "sick", 503, "told nothing")
			break
		}
	}
	g.Handed(time.Now())
	must(t, w.app.RunInTransaction(func(core.App) error {
		feels("busy", 200, "wait for each other")
		return nil
	}))
	w.exec("CREATE TRIGGER broken BEFORE UPDATE ON sync_meta BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")
	feels("sick", 503, "writes fail")
	w.exec("DROP TRIGGER broken")
	feels("ok", 200, "")
	must(t, os.Truncate(filepath.Join(w.app.DataDir(), "data.db-wal"), limits.LogRunaway+1))
	feels("sick", 503, "the log of the database is 400 MB")
}

// Ensure that a refusal that PocketBase writes itself, after all else, is counted and
// logged as what the client gets.
func TestMetrics_APasswordThatIsWrongIsNoFaultOfOurs(t *testing.T) {
	w, lines := logged(t)
	w.superuser()
	r := httptest.NewRequest("POST", "http://127.0.0.1:8090/api/collections/_superusers/auth-with-password", strings.NewReader(`{"identity":"super@example.org","password":"wrong"}`))
	r.RemoteAddr = "127.0.0.1:5000"
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	if rec.Code != http.StatusBadRequest {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if figures := w.here("/metrics").Body.String(); strings.Contains(figures, `class="5xx"`) || !strings.Contains(figures, `kith_requests_total{class="4xx",route="POST /api/collections/{collection}/auth-with-password"} 1`) {
		t.Errorf("the figures: %s", figures)
	}
	if got := lines.String(); strings.Contains(got, `"status":500`) || !strings.Contains(got, `"status":400`) {
		t.Errorf("the lines: %s", got)
	}
}
