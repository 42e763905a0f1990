package cards

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
)

// Ensure that what is asked by the hour, and at each voucher, looks at one bearer's
// records, and never at all that a town or a shop has.
func TestCost_NothingLooksThroughAllRecords(t *testing.T) {
	s := newStreet(t)
	var trigger string
	s.must(s.app.DB().NewQuery("SELECT sql FROM sqlite_master WHERE name = 'stamps_close'").Row(&trigger))
	if !strings.Contains(trigger, "account <> '' AND account = OLD.account") {
		t.Error("each record that ends looks through all others")
	}
	for what, statement := range map[string]string{"weeks": countShops, "spending": spending} {
		var plan []struct {
			Detail string `db:"detail"`
		}
		params := dbx.Params{"from": "", "to": "", "before": "", "account": "", "stamps": 0}
		for name := range params {
			if !strings.Contains(statement, "{:"+name+"}") {
				delete(params, name)
			}
		}
		s.must(s.app.DB().NewQuery("EXPLAIN QUERY PLAN " + statement).Bind(params).All(&plan))
		bearers := 0
		for _, p := range plan {
			if strings.Contains(p.Detail, "idx_stamps_account (account=?") {
				bearers++
			} else if strings.HasPrefix(p.Detail, "SEARCH b ") || strings.Contains(p.Detail, "SCAN s") && what == "spending" {
				t.Errorf("%s: %s", what, p.Detail)
			}
		}
		if bearers == 0 {
			t.Errorf("%s: %v", what, plan)
		}
	}
}
