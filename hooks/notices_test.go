package hooks_test

import (
	"testing"
	"time"

	"kith/internal/notice"
)

// Ensure that what is told goes to each phone of whom it is for, once, and says nothing
// but which notice and which category.
func TestNotices_GoToEachPhoneOnce(t *testing.T) {
	w := newTold(t)
	rosa := w.member(nil)
	w.reach(rosa, rosa+"-tablet")
	w.tell(notice.Telling{Key: "a", To: notice.Member(rosa), Template: "visit.new", Ref: "listing00000001"})
	w.tell(notice.Telling{Key: "a", To: notice.Member(rosa), Template: "visit.new", Ref: "listing00000001"})
	got := w.work()
	if len(got) != 2 || got[0].To != rosa || got[1].To != rosa+"-tablet" || got[0].N != got[1].N || got[0].K != notice.Notice {
		t.Fatalf("%+v", got)
	}
	if n := w.ask1("SELECT count(*) || group_concat(state || due) FROM deliveries"); n != "2sent,sent" {
		t.Errorf("deliveries: %s", n)
	}
	w.now = w.now.Add(time.Hour)
	if got := w.work(); len(got) > 0 {
		t.Errorf("again: %+v", got)
	}
}
