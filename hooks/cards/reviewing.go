package cards

import (
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/ledger"
	"kith/internal/limits"
	"kith/internal/sync"
)

// NB! Who may not look into a record is told what everybody is told of one that isn't
// there: nobody else learns that something is held.
var errReview = sync.Reject("review_unknown", "There is nothing to look into here any more.")

// review says of a record that is held whether it counts: its shop's owner, of what is
// no limit; a coordinator, of all.
func (m *room) review(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID     string `json:"id"`
		Accept *bool  `json:"accept"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := sync.ID(args.ID); err != nil || args.Accept == nil {
		return sync.Result{}, sync.ErrShape
	}
	b, err := openBooks(c)
	if err != nil {
		return sync.Result{}, err
	}
	s, err := b.held(args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	says, err := b.mayReview(s, *args.Accept)
	if err != nil {
		return sync.Result{}, err
	}
	s.Reviewed = says
	if err := b.judge([]*stamp{s}); err != nil {
		return sync.Result{}, err
	}
	if err := b.store(); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "stamps.review", s.ID, map[string]string{"shop": s.Shop, "says": says})
}

// held finds a record that somebody may look into.
func (b *books) held(id string) (*stamp, error) {
	found, err := b.load("stamps s WHERE s.id = {:id}", dbx.Params{"id": id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].State != ledger.Held {
		return nil, errReview
	}
	return found[0], nil
}

// mayReview says how the word of whoever asks counts.
func (b *books) mayReview(s *stamp, accept bool) (string, error) {
	desk, err := b.c.In("coordinators")
	if !desk {
		if owner, ownerErr := b.c.In("owners/" + s.Shop); ownerErr != nil || !owner {
			if ownerErr != nil {
				return "", ownerErr
			}
			if err != nil {
				return "", err
			}
			return "", errReview
		}
	} else if err != nil {
		return "", err
	}
	switch {
	case b.now.Sub(s.at()) > limits.ReviewDays*24*time.Hour:
		return "", sync.Reject("review_over", "This is too long ago to be changed.")
	case !accept && s.settled():
		return "", sync.Reject("review_over", "The shop was paid for this already, so it counts.")
	case !accept:
		return ledger.Refused, nil
	case desk:
		return ledger.ByCoordinator, nil
	case slices.ContainsFunc(s.codes(), ledger.IsCap):
		return "", sync.Reject("review_desk", "Only a coordinator can let this count: it is more than the rules of the card allow.")
	}
	return ledger.ByOwner, nil
}

// rejudge judges all that an account has, after it was joined with another.
func rejudge(c *sync.Call, account string) error {
	b, err := openBooks(c)
	if err != nil {
		return err
	}
	all, err := b.load("stamps s WHERE s.account = {:account} AND s.account <> ''", dbx.Params{"account": account})
	if err != nil {
		return err
	}
	if err := b.judge(all); err != nil {
		return err
	}
	if err := b.store(); err != nil {
		return err
	}
	return refresh(c.App, []string{account}, c.Now)
}
