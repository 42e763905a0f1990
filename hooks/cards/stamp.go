package cards

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kith/internal/ledger"
	"kith/internal/sync"
)

// stamp is a record of a till as it is stored.
type stamp struct {
	ID       string `db:"id"`
	Record   string `db:"record"`
	Till     string `db:"till"`
	Seq      int    `db:"seq"`
	Prev     string `db:"prv"`
	Of       string `db:"of"`
	Shop     string `db:"inShop"`
	Account  string `db:"account"`
	Member   string `db:"member"`
	Card     string `db:"card"`
	Paper    bool   `db:"paper"`
	Act      string `db:"act"`
	At       string `db:"at"`
	Day      string `db:"day"`
	Proof    string `db:"proof"`
	Voucher  string `db:"voucher"`
	Own      string `db:"own"` // why it can't count, after a "!", or what holds it
	Linked   bool   `db:"linked"`
	Forked   bool   `db:"forked"`
	Busy     bool   `db:"busy"`
	State    string `db:"state"`
	Codes    string `db:"codes"` // a JSON list
	Counted  int    `db:"counted"`
	Whole    bool   `db:"whole"`
	Settled  string `db:"settled"`
	Reviewed string `db:"reviewed"`

	// Of a new one alone.
	received string
	plain    bool // its shop is nobody's business
}

// columns of a stamp that are read.
const columns = "s.id, s.record, s.till, s.seq, s.prv, s.of, s.inShop, s.account, s.member, s.card, s.paper, s.act, s.at, s.day, s.proof, s.voucher, s.own, " +
	"s.linked, s.forked, s.busy, s.state, coalesce(s.codes, '[]') AS codes, s.counted, s.whole, s.settled, s.reviewed"

// idOf is the row of a record.
func idOf(record string) string { return sync.DerivedID("stamp", record) }

func (s *stamp) at() time.Time {
	t, err := time.Parse(time.RFC3339, s.At)
	if err != nil {
		return time.Time{} // what raw SQL broke is judged as very old
	}
	return t
}

// faith stands behind why a record can't count, where its shop couldn't know that, and
// there is nothing else that is wrong with it.
const faith = ",faith"

// rejects and holds write what is known of a record by itself.
func (s *stamp) rejects(code string) {
	if s.rejected() {
		s.Own = strings.TrimSuffix(s.Own, faith)
		return
	}
	s.Own = "!" + code
}

func (s *stamp) rejected() bool { return strings.HasPrefix(s.Own, "!") }

func (s *stamp) holds(code string) {
	if s.rejected() {
		s.Own = strings.TrimSuffix(s.Own, faith)
		return
	}
	s.Own = strings.TrimPrefix(s.Own+","+code, ",")
}

// entry is the stamp as the ledger reads it.
func (s *stamp) entry() ledger.Record {
	r := ledger.Record{
		ID: s.Record, Till: s.Till, Seq: s.Seq, Prev: s.Prev, At: s.at(), Day: s.Day, Shop: s.Shop, Act: s.Act, Paper: s.Paper,
		Proof: s.Proof, Voucher: s.Voucher, Of: s.Of, Review: s.Reviewed, Settled: s.settled(),
	}
	if reject, is := strings.CutPrefix(s.Own, "!"); is {
		if r.Reject, r.Faith = strings.CutSuffix(reject, faith); r.Faith {
			r.Hold = s.links()
		}
		return r
	}
	if s.Own != "" {
		r.Hold = strings.Split(s.Own, ",")
	}
	r.Hold = append(r.Hold, s.links()...)
	return r
}

// links are what holds it because of its till's chain.
func (s *stamp) links() []string {
	return ledger.Link{Linked: s.Linked, Forked: s.Forked, Busy: s.Busy}.Hold()
}

// settled says whether its shop was paid for it.
func (s *stamp) settled() bool { return s.Settled != "" && s.Settled != "none" }

// takes a verdict on.
func (s *stamp) takes(v ledger.Verdict) {
	s.State, s.Counted, s.Whole, s.Codes = v.State, v.Counted, v.Whole, "[]"
	if len(v.Codes) > 0 {
		raw, err := json.Marshal(v.Codes)
		if err == nil { // NB! short texts of ours: there is nothing in them that can't be written
			s.Codes = string(raw)
		}
	}
}

func (s *stamp) codes() (codes []string) {
	if json.Unmarshal([]byte(s.Codes), &codes) != nil {
		return nil
	}
	return codes
}

// told is a verdict as the till hears it.
func (s *stamp) told() string {
	switch s.State {
	case ledger.Held, ledger.Rejected:
		return s.State + ":" + strings.Join(s.codes(), ",")
	}
	return ledger.OK // also of one that the same till took back
}

// taken says whether a voucher was had by this record.
func (s *stamp) taken() bool {
	return s.Act == ledger.ActRedeem && (s.State == ledger.OK || s.State == ledger.Held && !slices.Contains(s.codes(), ledger.VoucherSpent))
}
