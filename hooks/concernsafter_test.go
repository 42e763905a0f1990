package hooks_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks"
	"kith/internal/audit"
	"kith/internal/concern"
	"kith/internal/limits"
)

// Ensure that how it goes is told to whoever has the secret and to nobody else, in
// three states, from the day after; and that all that isn't there looks received.
func TestConcerns_AReceiptTellsHowItGoesFromTheDayAfter(t *testing.T) {
	w := newCareful(t)
	w.exec(`UPDATE communities SET care = '{"perHour":20,"perDay":50}'`)
	p := w.trained()
	zone, err := time.LoadLocation("Europe/London")
	must(t, err)
	today, yesterday := time.Now().In(zone), time.Now().In(zone).AddDate(0, 0, -1)
	stamp := func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
	var secrets []string
	want := []string{"received", "received", "onIt", "onIt", "closed", "onIt", "received", "received"}
	for _, change := range []map[string]any{
		{}, {"state": "assigned", "picked": stamp(today)}, {"state": "assigned", "picked": stamp(yesterday)}, {"state": "new", "picked": yesterday.Format(time.DateOnly)},
		{"state": "closed", "picked": stamp(yesterday), "closedOn": yesterday.Format(time.DateOnly)}, {"state": "closed", "picked": stamp(yesterday), "closedOn": stamp(today)},
	} {
		s := p.write(p.worry(), concern.Normal)
		p.sends(s.says)
		w.set("concerns", s.says.ID, change)
		secrets = append(secrets, s.secret)
	}
	withdrawn := p.write(p.worry(), concern.Normal)
	p.sends(withdrawn.says)
	p.sends(withdrawn.withdrawal())
	secrets = append(secrets, withdrawn.secret, random())
	before := w.dump()
	rec := w.ask("POST", "/api/concerns/receipts", "", map[string]any{"receipts": secrets})
	var a struct{ States []string }
	must(t, json.Unmarshal(rec.Body.Bytes(), &a))
	if strings.Join(a.States, " ") != strings.Join(want, " ") || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s", rec.Body)
	}
	w.unchanged(before, "asking how it goes")
	for _, bad := range []any{secrets[:7], append(secrets, random()), []string{}, "x", []any{1, 2, 3, 4, 5, 6, 7, 8}, []string{"a", "b", "c", "d", "e", "f", "g", "h"}} {
		wantProblem(t, w.ask("POST", "/api/concerns/receipts", "", map[string]any{"receipts": bad}), 400, "body_invalid")
	}
}

// Ensure that without keys nothing is taken in, phones are told of none, and
// whoever runs the server is told; and that nothing is taken without the transport
// key either.
func TestConcerns_AreOffWithoutKeys(t *testing.T) {
	data := t.TempDir() + "/data"
	w, said, err := again(t, data, hooks.Config{})
	must(t, err)
	w.make("communities", map[string]any{"name": "Test town", "zone": "Europe/London"})
	if !strings.Contains(said, "Concerns are off") || !strings.Contains(said, "kith keys new concerns") {
		t.Errorf("it said %q", said)
	}
	for path, body := range map[string]map[string]any{
		"/api/concerns": {"letters": []string{"AQ"}}, "/api/concerns/receipts": {"receipts": []string{random(), random(), random(), random(), random(), random(), random(), random()}},
	} {
		wantProblem(t, w.ask("POST", path, "", body), 503, "concerns_off")
	}
	if c, err := w.app.FindFirstRecordByFilter("communities", ""); err != nil || c.GetString("keys") != "" {
		t.Errorf("phones are told %q", c.GetString("keys"))
	}
	lost := newCareful(t)
	p := lost.trained()
	letter := p.letter(p.write(p.worry(), concern.Normal).says)
	must(t, os.Remove(lost.file))
	lost.runs("kithConcernKeys")
	wantProblem(t, lost.ask("POST", "/api/concerns", "", map[string]any{"letters": []string{letter}}), 503, "concerns_off")
	if c, err := lost.app.FindFirstRecordByFilter("communities", ""); err != nil || c.GetString("keys") != "" {
		t.Errorf("phones are still told %q", c.GetString("keys"))
	}
}

// Ensure that keys which others could read are no keys until that is mended, and are
// taken up then without a restart.
func TestConcerns_AreOnAgainWhenTheKeyFileIsMended(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	letter := p.letter(p.write(p.worry(), concern.Normal).says)
	for _, c := range []struct {
		mode   os.FileMode
		status int
	}{{0o644, 503}, {0o644, 503}, {0o600, 200}} {
		must(t, os.Chmod(w.file, c.mode))
		w.runs("kithConcernKeys")
		if rec := w.ask("POST", "/api/concerns", "", map[string]any{"letters": []string{letter}}); rec.Code != c.status {
			t.Errorf("%v: %d %s", c.mode, rec.Code, rec.Body)
		}
	}
	if w.count("concerns") != 1 || w.bundle().Seq != 1 {
		t.Error("it isn't on again")
	}
}

// runs one job of the server.
func (w *town) runs(job string) {
	w.t.Helper()
	for _, j := range w.app.Cron().Jobs() {
		if j.Id() == job {
			j.Run()
			return
		}
	}
	w.t.Fatalf("there is no job %s", job)
}

// Ensure that concerns end on the day their keeping says, and only what may remain
// does; that by what a till is counted goes the next night; and that what is
// emptied is synced to nobody any more.
func TestConcerns_EndOnTheirDay(t *testing.T) {
	w := newCareful(t)
	w.exec(`UPDATE communities SET care = '{"perHour":20,"perDay":50}'`)
	p, boss := w.trained(), w.phone("coordinator")
	now := time.Now().UTC().AddDate(0, 0, 392)
	ago := func(days int) string { return now.AddDate(0, 0, -days).Format(time.DateOnly) }
	with := func(change map[string]any) string {
		s := p.write(p.named(), concern.Urgent)
		p.sends(s.says)
		w.set("concerns", s.says.ID, change)
		return s.says.ID
	}
	ends := []string{with(map[string]any{"state": "closed", "outcome": "notAConcern", "closedOn": ago(30)}), with(map[string]any{"state": "closed", "outcome": "helped", "closedOn": ago(366)})}
	stays := []string{with(map[string]any{"state": "closed", "outcome": "notAConcern", "closedOn": ago(29)}), with(map[string]any{"state": "closed", "outcome": "helped", "closedOn": ago(365)})}
	gone := with(map[string]any{"state": "withdrawn", "closedOn": ago(62), "received": ""})
	w.retain(t, now)
	for _, id := range ends {
		for column, value := range w.concernRow(id) {
			left := map[string]string{"id": id, "area": "Nunhead", "quarter": quarterOf(time.Now()), "urgency": "urgent", "state": "closed", "outcome": value, "lead": "false", "escalated": "0", "prompt": "false"}
			if want := left[column]; value != want {
				t.Errorf("%s of what is over is %q", column, value)
			}
		}
	}
	for _, id := range stays {
		if row := w.concernRow(id); row["sealed"] == "" || row["person"] == "" || row["till"] != "" {
			t.Errorf("%v ended too early, or is still counted", row)
		}
	}
	if w.concernRow(gone) != nil {
		t.Error("a withdrawal is kept for ever")
	}
	a := boss.sync()
	for _, id := range ends {
		if a.has("coordinators", "concerns", id) || a.has("responders", "concerns", id) {
			t.Errorf("%s is still sent", id)
		}
	}
	for _, id := range stays {
		if !a.has("coordinators", "concerns", id) || !a.has("responders", "concerns", id) {
			t.Errorf("%s isn't sent", id)
		}
	}
}

// Ensure that a concern that nobody closes is not kept for ever: after a year in which
// nobody did anything about it its words end, and it with them for everybody; and that
// whatever somebody does about it begins the year anew.
func TestConcerns_ThatNobodyClosesEndAfterAYearOfNothing(t *testing.T) {
	w := newCareful(t)
	p, boss := w.trained(), w.phone("coordinator")
	came := time.Now().UTC()
	raise := func(change map[string]any) string {
		s := p.write(p.named(), concern.Normal)
		p.sends(s.says)
		w.set("concerns", s.says.ID, change)
		return s.says.ID
	}
	idle, taken := raise(nil), raise(map[string]any{"state": "assigned", "assignee": boss.member})
	on := func(days int) time.Time { return came.AddDate(0, 0, days) }
	w.retain(t, on(365))
	if row := w.concernRow(idle); row["sealed"] == "" {
		t.Fatalf("%v ended a day too early", row)
	}
	must(t, audit.Append(w.app.DB(), audit.Entry{At: on(365), Actor: boss.member, Action: "concerns.open", Subject: taken}))
	w.retain(t, on(366))
	row := w.concernRow(idle)
	if row["sealed"] != "" || row["person"] != "" || row["receipt"] != "" || row["received"] != "" || row["quarter"] == "" {
		t.Errorf("left is %v", row)
	}
	if boss.sync().has("coordinators", "concerns", idle) {
		t.Error("it is still sent")
	}
	if row := w.concernRow(taken); row["sealed"] == "" || row["assignee"] != boss.member {
		t.Errorf("%v ended, and somebody looked into it", row)
	}
	w.runs("kithConcernsWaiting")
	w.retain(t, on(365+366))
	w.runs("kithConcernsWaiting")
	if row := w.concernRow(taken); row["sealed"] != "" || row["assignee"] != "" || len(w.entries("concerns.release", taken)) > 0 {
		t.Errorf("left is %v, with %d releases in the record", row, len(w.entries("concerns.release", taken)))
	}
}

func quarterOf(at time.Time) string {
	at = at.UTC()
	return at.Format("2006") + "-Q" + string(rune('1'+(int(at.Month())-1)/3))
}

// Ensure that nobody's export shows a concern, and that an erasure of who looked
// into one leaves it, without them.
func TestConcerns_AreInNobodysExport(t *testing.T) {
	w := newCareful(t)
	p, helper := w.trained(), w.phone("coach")
	s := p.write(p.named(), concern.Normal)
	p.sends(s.says)
	w.set("concerns", s.says.ID, map[string]any{"state": "assigned", "assignee": helper.member})
	for _, who := range []*phone{p, helper} {
		rec := who.ask("POST", "/api/export", who.token, map[string]any{})
		for _, secret := range []string{s.says.ID, s.says.Sealed, w.keys.Person("Joan Amescanary"), s.says.Receipt} {
			if strings.Contains(rec.Body.String(), secret) {
				t.Errorf("%.20s is in an export", secret)
			}
		}
	}
	helper.done("people.erase", map[string]any{})
	if row := w.concernRow(s.says.ID); row["assignee"] != "" || row["sealed"] == "" {
		t.Errorf("%v", row)
	}
}

// Ensure that one address can't knock without end, nor bring more than fits.
func TestConcerns_TooManyFromOneAddressAreRefused(t *testing.T) {
	w := carefulOf(t, hooks.Config{Public: page, RateLimits: true})
	for path, body := range map[string]any{"/api/concerns": map[string]any{"letters": []string{"AQ"}}, "/api/concerns/receipts": "{}"} {
		code := 0
		for range 4 * limits.LettersPerMinute {
			if code = w.ask("POST", path, "", body).Code; code == 429 {
				break
			}
		}
		if code != 429 {
			t.Errorf("%s: %d", path, code)
		}
	}
	v := newCareful(t)
	many := make([]string, limits.LettersPerRequest+1)
	wantProblem(t, v.ask("POST", "/api/concerns", "", map[string]any{"letters": many}), 400, "body_invalid")
	wantProblem(t, v.ask("POST", "/api/concerns", "", map[string]any{"letters": []string{}}), 400, "body_invalid")
	wantProblem(t, v.ask("POST", "/api/concerns", "", strings.Repeat(" ", limits.LettersBody+1)), 413, "body_too_large")
}

// Ensure that the record has on which basis a concern came, no finer than the
// hour and by nobody, and that it holds.
func TestConcerns_TheRecordHasTheBasisAndNobody(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	for _, c := range []struct {
		override *concern.Override
		basis    string
	}{{nil, "agreed"}, {&concern.Override{Ground: concern.SeriousRisk, Why: "The gas."}, "seriousRisk"}} {
		worry := p.named()
		if worry.Override = c.override; c.override != nil {
			worry.Asked = concern.Refused
		}
		s := p.write(worry, concern.Normal)
		if got := p.sends(s.says); got != "ok" {
			t.Fatal(got)
		}
		var e struct{ At, Actor, Device, Action, Detail string }
		must(t, w.app.DB().NewQuery("SELECT at, actor, device, action, detail FROM audit WHERE subject = {:id}").Bind(dbx.Params{"id": s.says.ID}).One(&e))
		if e.Actor+e.Device != "" || e.Action != "concerns.arrive" || e.Detail != `{"basis":"`+c.basis+`"}` || !strings.HasSuffix(e.At, ":00:00.000Z") {
			t.Errorf("%+v", e)
		}
	}
}
