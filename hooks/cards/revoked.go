package cards

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/limits"
	"kith/internal/sync"
)

// How long a list of what was revoked is good for, and when before its end the next
// one is made: a till that is without a signal for days still has one.
const (
	listLife = 7 * 24 * time.Hour
	listLeft = 4 * 24 * time.Hour
)

// theList is the id of its one row.
var theList = sync.DerivedID("revocations")

// revoke makes the list of what counts no more before its time anew, where something
// came to it or it will end soon. Tills get it as any row.
func (s *scheme) revoke(tx core.App, now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	next, err := s.revoked(tx, now)
	if err != nil {
		return err
	}
	coll, err := tx.FindCachedCollectionByNameOrId("revocations")
	if err != nil {
		return err
	}
	row, err := tx.FindRecordById("revocations", theList)
	if err != nil {
		row = core.NewRecord(coll)
		row.Id = theList
	}
	if last, err := card.ReadRevocations(s.ring.Set(), row.GetString("token"), time.Time{}); err == nil && sameList(last, next) && last.Expires.Sub(now) > listLeft {
		return nil
	}
	next.Seq, next.Issued, next.Expires = row.GetInt("seq")+1, now, now.Add(listLife)
	token, err := s.ring.Revocations(next)
	if errors.Is(err, card.ErrNoKey) {
		return nil // NB! not a reason to refuse: the card is lost all the same, and the server knows it
	}
	if err != nil {
		return err
	}
	row.Set("seq", next.Seq)
	row.Set("token", token)
	return tx.Save(row)
}

// revoked is what counts no more and would otherwise. Of each kind the list has an
// end, so that every till can hold it: the newest are on it, and of cards those that
// were lost before those that a phone has another for. What is left out the server
// still refuses.
func (s *scheme) revoked(tx core.App, now time.Time) (list card.Revocations, err error) {
	today := dayNumber(now)
	for _, q := range []struct {
		into   *[]string
		ask    string
		params dbx.Params
	}{
		{
			&list.Cards, "SELECT sub FROM cards WHERE status IN ('lost', 'void', 'replaced') AND expires >= {:today} ORDER BY status = 'replaced', ended DESC, sub LIMIT {:most}",
			dbx.Params{"today": today, "most": limits.RevokedCards},
		},
		{
			&list.Tills, "SELECT id FROM tills WHERE ended <> '' AND ended > {:since} ORDER BY ended DESC, id LIMIT {:most}",
			dbx.Params{"since": sync.Stamp(now.AddDate(0, 0, -limits.TillDays-1)), "most": limits.RevokedTills},
		},
		{
			&list.Vouchers, "SELECT jti FROM vouchers WHERE status = 'void' AND expires >= {:today} ORDER BY ended DESC, jti LIMIT {:most}",
			dbx.Params{"today": today, "most": limits.RevokedVouchers},
		},
	} {
		if err := tx.DB().NewQuery(q.ask).Bind(q.params).Column(q.into); err != nil {
			return list, err
		}
		slices.Sort(*q.into)
	}
	if keys := s.ring.Keys(); keys != nil {
		list.Keys = keys.Revoked()
	}
	return list, nil
}

func sameList(a, b card.Revocations) bool {
	return slices.Equal(a.Cards, b.Cards) && slices.Equal(a.Tills, b.Tills) && slices.Equal(a.Vouchers, b.Vouchers) && slices.Equal(a.Keys, b.Keys)
}
