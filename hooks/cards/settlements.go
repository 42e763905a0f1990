package cards

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
	"kith/internal/sync"
)

// wholeMost is how many shops are made whole for one voucher: what two tills take
// without a signal is the community's risk, and this its bound.
const wholeMost = 2

// Settle works out what shops owe each other for the month that is over, once: for all
// vouchers whose record had come by its end, and that nobody was paid for yet. What
// comes late, or is accepted later, is part of the next one. So no month waits for a
// till that is late, none changes once it was paid, and nothing is paid twice.
func Settle(app core.App, now time.Time) error {
	return app.RunInTransaction(func(tx core.App) error {
		_, zone, err := settings(tx)
		if err != nil {
			return err
		}
		y, m, _ := now.In(zone).Date()
		until := time.Date(y, m, 1, 0, 0, 0, 0, zone)
		month := until.AddDate(0, 0, -1).Format("2006-01")
		var done bool
		err = tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM stamps WHERE settled = {:month}) OR EXISTS (SELECT 1 FROM settlements WHERE month = {:month})").
			Bind(dbx.Params{"month": month}).Row(&done)
		if err != nil || done {
			return err
		}
		taken, err := takenBefore(tx, until, month)
		if err != nil || len(taken) == 0 {
			return err
		}
		rewards, err := sharesOf(tx)
		if err != nil {
			return err
		}
		for _, debt := range ledger.Settle(taken, rewards) {
			if err := owe(tx, month, debt); err != nil {
				return err
			}
		}
		return nil
	})
}

// due is a voucher that a shop took, and has not been paid for.
type due struct {
	ID      string `db:"id"`
	Shop    string `db:"shop"`
	Voucher string `db:"voucher"`
	Reward  string `db:"reward"`
	Pence   int    `db:"pence"`
	Before  int    `db:"before"` // how many were paid for this voucher already
}

// takenBefore gives what is to be paid for, and marks it as settled in that month.
func takenBefore(tx core.App, until time.Time, month string) (taken []ledger.Redeemed, err error) {
	var all []due
	err = tx.DB().NewQuery(`SELECT s.id, s.inShop AS shop, s.voucher, v.reward, v.pence,
		(SELECT count(*) FROM stamps b WHERE b.voucher = s.voucher AND b.settled NOT IN ('', 'none'))
			+ iif(json_valid(v.paid), coalesce(json_array_length(v.paid), 0), 0) AS before
		FROM stamps s JOIN vouchers v ON v.jti = s.voucher
		WHERE s.act = 'redeem' AND s.whole AND s.settled = '' AND s.received < {:until} ORDER BY s.at, s.till, s.seq, s.id`).
		Bind(dbx.Params{"until": sync.Stamp(until)}).All(&all)
	if err != nil {
		return nil, err
	}
	paid := map[string]int{}
	for _, d := range all {
		mark := month
		if d.Before+paid[d.Voucher] < wholeMost {
			paid[d.Voucher]++
			taken = append(taken, ledger.Redeemed{Shop: d.Shop, Reward: d.Reward, Pence: d.Pence})
		} else {
			mark = "none"
		}
		if _, err := write(tx, "UPDATE stamps SET settled = {:month} WHERE id = {:id}", dbx.Params{"month": mark, "id": d.ID}); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// sharesOf says who pays for each reward, also of those that are over.
func sharesOf(tx core.App) (map[string][]ledger.Share, error) {
	rewards, err := tx.FindAllRecords("rewards")
	if err != nil {
		return nil, err
	}
	out := map[string][]ledger.Share{}
	for _, r := range rewards {
		if shares, err := ledger.ReadShares([]byte(r.GetString("shops"))); err == nil {
			out[r.Id] = shares
		}
	}
	return out, nil
}

func owe(tx core.App, month string, d ledger.Debt) error {
	coll, err := tx.FindCachedCollectionByNameOrId("settlements")
	if err != nil {
		return err
	}
	r := core.NewRecord(coll)
	r.Id = sync.DerivedID("settlement", month, d.Payer, d.Payee, d.Reward)
	r.Load(map[string]any{"month": month, "payer": d.Payer, "payee": d.Payee, "reward": d.Reward, "pence": d.Pence, "count": d.Count})
	return tx.Save(r)
}
