package cards

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// store writes what is new and what has changed, and carries on what follows.
func (b *books) store() error {
	var changes []change
	var fresh, other [][]any
	for _, s := range b.fresh {
		changes = append(changes, change{nil, s})
		shown := s.Shop
		if s.plain {
			shown = ""
		}
		fresh = append(fresh, []any{
			s.ID, s.Record, s.Till, s.Seq, s.Prev, s.Of, shown, s.Shop, s.Account, s.Member, s.Card, flag(s.Paper), s.Act, s.At, s.Day, s.received, s.Proof, s.Voucher,
			s.Own, flag(s.Linked), flag(s.Forked), flag(s.Busy), s.State, s.Codes, s.Counted, flag(s.Whole),
		})
	}
	for _, id := range b.ids() {
		s, was := b.rows[id], b.was[id]
		if *s == was {
			continue
		}
		other = append(other, []any{s.ID, s.Account, s.Member, flag(s.Linked), flag(s.Forked), flag(s.Busy), s.State, s.Codes, s.Counted, flag(s.Whole), s.Reviewed})
		changes = append(changes, change{&was, s})
	}
	// NB! MATERIALIZED: else SQLite writes each row out anew for each of its columns.
	if err := b.each(`INSERT INTO stamps (id, record, till, seq, prv, of, shop, inShop, account, member, card, paper, act, at, day, received, proof, voucher,
		own, linked, forked, busy, state, codes, counted, whole)
		WITH e AS MATERIALIZED (SELECT value FROM json_each({:rows})) SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9, value->>10, value->>11, value->>12, value->>13, value->>14,
		value->>15, value->>16, value->>17, value->>18, value->>19, value->>20, value->>21, value->>22, value->>23, value->>24, value->>25 FROM e`, fresh); err != nil {
		return err
	}
	if err := b.each(`UPDATE stamps SET account = e.value->>1, member = e.value->>2, linked = e.value->>3, forked = e.value->>4, busy = e.value->>5, state = e.value->>6,
		codes = e.value->>7, counted = e.value->>8, whole = e.value->>9, reviewed = e.value->>10 FROM json_each({:rows}) e WHERE stamps.id = e.value->>0`, other); err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	return changed(b, changes)
}

// ids of what was stored before, in order.
func (b *books) ids() []string {
	set := make(map[string]bool, len(b.was))
	for id := range b.was {
		set[id] = true
	}
	return keys(set)
}

func flag(is bool) int {
	if is {
		return 1
	}
	return 0
}

// refresh shows what accounts have by now, as ledger.Shown says it: call it after whatever has changed what their
// records count, or what they have spent.
func refresh(tx core.App, accounts []string, now time.Time) error {
	if len(accounts) == 0 {
		return nil
	}
	b := &books{tx: tx, now: now}
	_, err := b.ask(`UPDATE accounts SET held = n.held, used = max(accounts.used, n.last), stamps = max(0, accounts.closed + n.counted + min(n.held, 1) - accounts.spent)
		FROM (SELECT e.value AS id, coalesce(sum(s.counted), 0) AS counted, coalesce(sum(s.state = 'held' AND s.act = 'stamp'), 0) AS held, coalesce(max(s.day), '') AS last
			FROM json_each({:list}) e LEFT JOIN stamps s ON s.account = e.value AND s.account <> '' GROUP BY e.value) n
		WHERE accounts.id = n.id`, dbx.Params{"list": list(accounts)}).Execute()
	return err
}
