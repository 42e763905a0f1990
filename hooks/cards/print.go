package cards

import (
	"strings"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// printVoucher makes a voucher on paper, for somebody who hands over their printed
// card. Whoever prints it learns whether there are enough stamps on it, and not whose
// card it is.
func (s *scheme) printVoucher(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID     string `json:"id"`
		Code   string `json:"code"`
		Reward string `json:"reward"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := behindCounter(c); err != nil {
		return sync.Result{}, err
	}
	if err := mayGuess(c); err != nil {
		return sync.Result{}, err
	}
	code := strings.ToUpper(strings.ReplaceAll(args.Code, "-", ""))
	with, err := s.cardOf(c, `kind = 'printed' AND code <> '' AND code = {:code}
		AND (member = '' OR EXISTS (SELECT 1 FROM members m WHERE m.id = cards.member AND m.standing = 'active'))`, dbx.Params{"code": code})
	if err != nil {
		return sync.Result{}, err
	}
	if with == nil {
		return sync.Result{}, sync.Reject("code_unknown", "No card that is good has this code. Look at it again: it has 8 letters and digits.")
	}
	result, err := s.sell(c, args.ID, args.Reward, with, true)
	if err != nil {
		return result, err
	}
	return noted(c, "vouchers.print", args.ID, map[string]string{"reward": args.Reward})
}

// behindCounter are owners of a shop, activators and coordinators.
func behindCounter(c *sync.Call) error {
	says := sync.Reject("not_allowed", "Only a shop's owner, an activator or a coordinator can do this.")
	var shops []string
	err := c.Ask("SELECT shop FROM roles WHERE member = {:member} AND role = 'owner' AND shop <> '' ORDER BY shop", dbx.Params{"member": c.Member}).Column(&shops)
	if err != nil {
		return err
	}
	auds := []string{"activators"}
	for _, shop := range shops {
		auds = append(auds, "owners/"+shop)
	}
	return c.Allowed(says, auds...)
}
