package buddies

import (
	"github.com/pocketbase/dbx"

	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// showCard puts an activator's card up for everybody: a first name, a line, and the
// groups of theirs at which to ask for them.
func showCard(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Text     string   `json:"text"`
		Listings []string `json:"listings"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(sync.Reject("not_allowed", "Only an activator can have a card."), "activators"); err != nil {
		return sync.Result{}, err
	}
	line, err := text.Line(args.Text, limits.HostCard)
	if err != nil {
		return sync.Result{}, sync.Reject("text_invalid", "A card has one line of up to 80 letters.")
	}
	listings, err := run(c, args.Listings)
	if err != nil {
		return sync.Result{}, err
	}
	card, err := c.Find("hostCards", c.Member, nil)
	if err != nil {
		return sync.Result{}, err
	}
	if card == nil {
		if card, err = c.Fresh("hostCards", c.Member, nil); err != nil {
			return sync.Result{}, err
		}
	}
	var name string
	if err := c.Ask("SELECT firstName FROM members WHERE id = {:id}", dbx.Params{"id": c.Member}).Row(&name); err != nil {
		return sync.Result{}, err
	}
	card.Load(map[string]any{"firstName": name, "text": line, "listings": listings, "shown": true})
	return sync.Result{}, c.App.Save(card)
}

// run are listings that the caller runs, each once.
func run(c *sync.Call, listings []string) ([]string, error) {
	if len(listings) > limits.CardListings {
		return nil, sync.ErrShape
	}
	out := []string{}
	seen := map[string]bool{}
	for _, l := range listings {
		if err := sync.ID(l); err != nil {
			return nil, err
		}
		if seen[l] {
			continue
		}
		seen[l] = true
		if err := host(c, l, sync.Reject("listing_unknown", "You don't run one of these any more. Take it off the card.")); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// hideCard takes the caller's card down at once.
func hideCard(c *sync.Call) (sync.Result, error) {
	card, err := c.Find("hostCards", c.Member, nil)
	if err != nil || card == nil || !card.GetBool("shown") {
		return sync.Result{}, err
	}
	card.Set("shown", false)
	return sync.Result{}, c.App.Save(card)
}
