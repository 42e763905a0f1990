package hooks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks/notices"
	"kith/internal/notice"
	"kith/internal/push"
)

// Ensure that what was read on one phone is read on all, that it can be undone, and that
// nobody reads or sees what is somebody else's.
func TestNotices_AreReadOnAllPhones(t *testing.T) {
	w := newTold(t)
	p, other := w.phone("resident"), w.phone("resident")
	for _, ref := range []string{"listing00000001", "listing00000002"} {
		w.tell(notice.Telling{To: notice.Member(p.member), Template: "visit.new", Ref: ref})
	}
	w.work()
	a := p.sync()
	var ids []string
	for key := range a.rows {
		if id, is := strings.CutPrefix(key, "member/"+p.member+" notices/"); is {
			ids = append(ids, id)
		}
	}
	if len(ids) != 2 {
		t.Fatalf("%s", a.raw)
	}
	if code, _ := other.does("notices.read", map[string]any{"ids": ids}); code != "notice_unknown" {
		t.Errorf("somebody else's: %s", code)
	}
	read := func(a *answer) (n int) {
		for _, id := range ids {
			if row := a.rows["member/"+p.member+" notices/"+id]; row != nil && row["read"] == true {
				n++
			}
		}
		return n
	}
	if n := read(p.doesWell("notices.read", map[string]any{"ids": append(ids, newID())})); n != 2 {
		t.Errorf("%d are read", n)
	}
	if a := p.doesWell("notices.unread", map[string]any{"ids": ids[:1]}); a.rows["member/"+p.member+" notices/"+ids[0]]["read"] != false {
		t.Errorf("it isn't undone: %s", a.raw)
	}
	for name, args := range map[string]any{"none": []string{}, "no id": []string{"x' OR 1=1"}, "too many": slices.Repeat([]string{newID()}, 101)} {
		if code, _ := p.does("notices.read", map[string]any{"ids": args}); code != "args_invalid" {
			t.Errorf("%s: %s", name, code)
		}
	}
}

// Ensure that what somebody chooses is theirs, is kept to from then on for what hasn't
// gone out, and that half of a change that can't be isn't made.
func TestNotices_ChoicesAreKeptTo(t *testing.T) {
	w := newTold(t)
	p := w.phone("resident")
	w.reach(p.member, "phone-of-rosa")
	w.now = time.Now().UTC()
	a := p.doesWell("notices.choose", map[string]any{"set": map[string]any{"quietFrom": "00:00", "quietUntil": "00:00", "email": true}})
	row := a.rows["member/"+p.member+" noticeChoices/"+p.member]
	if row == nil || row["quietFrom"] != "00:00" || row["email"] != true || row["zone"] != "" || row["notice"] != "" {
		t.Fatalf("%v in %s", row, a.raw)
	}
	if code, _ := p.does("notices.choose", map[string]any{"set": map[string]any{"notice": "inbox", "task": "digest"}}); code != "choices_invalid" {
		t.Errorf("a digest of tasks: %s", code)
	}
	p.doesWell("notices.choose", map[string]any{"set": map[string]any{"loyalty": "digest"}})
	w.tell(notice.Telling{To: notice.Member(p.member), Template: "stamp.counted"})
	if got := w.work(); len(got) != 0 {
		t.Fatalf("a stamp at once: %+v", got)
	}
	p.doesWell("notices.choose", map[string]any{"set": map[string]any{"loyalty": "now"}})
	w.now = time.Now().UTC().Add(time.Second)
	if got := w.work(); len(got) != 1 || got[0].K != notice.Loyalty {
		t.Errorf("after the change of mind: %+v", got)
	}
}

// Ensure that somebody can try whether they are reached, at once, also at night and when
// they chose to be left alone; five times an hour.
func TestNotices_ATrialComesAtOnce(t *testing.T) {
	w := newTold(t)
	p := w.phone("resident")
	w.reach(p.member, "phone-of-rosa")
	p.doesWell("notices.choose", map[string]any{"set": map[string]any{"quietFrom": "00:00", "quietUntil": "23:59", "account": "inbox"}})
	for range 5 {
		id := newID()
		p.doesWell("notices.try", map[string]any{"id": id})
		w.now = time.Now().Add(time.Second)
		if got := w.work(); len(got) != 1 || got[0].N != id || got[0].K != notice.Account {
			t.Fatalf("%+v", got)
		}
	}
	if code, _ := p.does("notices.try", map[string]any{"id": newID()}); code != "try_later" {
		t.Errorf("the sixth: %s", code)
	}
}

// Ensure that an address of Firebase's is one phone's and one person's: it moves with the
// phone, goes when it is shut out or switched off, and is never one of a shop's device.
func TestRegistrations_AreOnePhonesAndOnePersons(t *testing.T) {
	w := newTold(t)
	p, other := w.phone("resident"), w.phone("resident")
	fid := map[string]any{"kind": "fid", "value": "c" + strings.Repeat("A", 21)}
	a := p.doesWell("registrations.put", fid)
	row := a.rows["member/"+p.member+" registrations/"+p.device]
	if row == nil || row["day"] != time.Now().UTC().Format(time.DateOnly) || len(row) != 2 {
		t.Fatalf("%v in %s", row, a.raw)
	}
	other.doesWell("registrations.put", fid)
	if holders := w.ask1("SELECT group_concat(id || member) FROM registrations"); holders != other.device+other.member {
		t.Errorf("after it moved: %s", holders)
	}
	other.doesWell("registrations.put", map[string]any{"kind": "token", "value": "a-token:of-the-old-kind_0123456789"})
	if kinds := w.ask1("SELECT group_concat(kind) FROM registrations"); kinds != "token" {
		t.Errorf("after a new one: %s", kinds)
	}
	other.doesWell("registrations.end", map[string]any{})
	p.doesWell("registrations.put", fid)
	p.doesWell("devices.revoke", map[string]any{"id": p.device})
	if n := w.ask1("SELECT count(*) FROM registrations"); n != "0" {
		t.Errorf("%s are left of phones that were switched off and shut out", n)
	}
	for name, args := range map[string]map[string]any{
		"a short one": {"kind": "fid", "value": "cAAA"}, "of no kind": {"kind": "apns", "value": fid["value"]},
		"too long": {"kind": "token", "value": strings.Repeat("A", 4097)}, "with a line": {"kind": "token", "value": strings.Repeat("A", 30) + "\n"},
	} {
		if code, _ := other.does("registrations.put", args); code != "registration_invalid" {
			t.Errorf("%s: %s", name, code)
		}
	}
	shop := w.make("shops", map[string]any{"name": "Kettle", "status": "active"})
	device := w.record("devices", other.device)
	device.Set("shop", shop.Id)
	must(t, w.app.Save(device))
	if code, _ := other.does("registrations.put", fid); code != "not_on_shared" {
		t.Errorf("on the shop's tablet: %s", code)
	}
}

// Ensure that two servers on one folder bring each message once, and that whoever was too
// slow changes nothing of what another has taken since.
func TestNotices_TwoServersTakeNothingFromEachOther(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	w.tell(notice.Telling{To: notice.Member(rosa), Template: "visit.new"})
	second := &carrier{}
	slow := false
	w.carrier.answers = func(push.Message, int) error {
		if slow {
			return nil
		}
		slow = true // a minute passes in which nothing is heard
		other := notices.NewWorker(w.app, notices.Channels{Push: second})
		must(t, other.All(t.Context(), w.now))
		if got := second.took(); len(got) > 0 {
			t.Errorf("both take it: %+v", got)
		}
		second.answers = func(push.Message, int) error { return &push.Later{Code: "UNAVAILABLE", After: 30 * time.Minute} }
		must(t, other.All(t.Context(), w.now.Add(61*time.Second)))
		if got := second.took(); len(got) != 1 {
			t.Errorf("after the lease: %+v", got)
		}
		return nil
	}
	w.work()
	if s := w.ask1("SELECT state || tries FROM deliveries"); s != "waiting2" {
		t.Errorf("who was too slow has the say: %s", s)
	}
}

// Ensure that a clock which had jumped a year ahead, and was put right, leaves nobody
// waiting for a year.
func TestNotices_AClockThatJumpedLeavesNobodyWaiting(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	w.carrier.answers = func(push.Message, int) error { return &push.Later{Code: "UNAVAILABLE"} }
	w.now = noon.AddDate(1, 0, 0)
	w.tell(notice.Telling{To: notice.Member(rosa), Template: "visit.new", Ref: "listing00000001"})
	w.tell(notice.Telling{To: notice.Member(rosa), Template: "stamp.counted"}) // for the digest
	w.work()
	w.carrier.answers, w.now = nil, noon
	if got := w.work(); len(got) != 1 || got[0].K != notice.Notice {
		t.Errorf("what had failed: %+v", got)
	}
	w.now = noon.Add(5 * time.Hour)
	if got := w.work(); len(got) != 1 || got[0].K != notice.Loyalty {
		t.Errorf("the digest: %+v", got)
	}
}
