package asks

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// pair is who writes to whom, as the caller stands in it: about a reply, or about
// somebody's help in a circle.
type pair struct {
	about  string
	side   string // "asks": of whoever would like help; "helps": of whoever helps
	other  string // the other member; "": the circle's organisers
	circle string
	apart  bool // the other hears nothing of it
}

// across is the other's side.
func (p pair) across() string {
	if p.side == "asks" {
		return "helps"
	}
	return "asks"
}

// pairOf finds what two have with each other, of which the caller is one.
func (w *room) pairOf(c *sync.Call, about string) (pair, error) {
	r, err := c.Find("replies", about, nil)
	if err != nil {
		return pair{}, err
	}
	if r != nil {
		return w.ofReply(c, r)
	}
	h, err := c.Find("circleHelpers", about, errReply)
	if err != nil {
		return pair{}, err
	}
	return w.ofHelper(c, h)
}

func (w *room) ofReply(c *sync.Call, r *core.Record) (pair, error) {
	member, asker := r.GetString("member"), r.GetString("asker")
	p := pair{about: r.Id, side: "helps", other: asker, apart: r.GetBool("apart")}
	switch {
	case r.GetString("status") == "over":
		return pair{}, errReply
	case asker == c.Member && !p.apart:
		p.side, p.other = "asks", member
	case member != c.Member:
		return pair{}, errReply
	}
	if p.apart {
		return p, nil
	}
	var err error
	p.apart, err = w.Apart(c, member, asker)
	return p, err
}

func (w *room) ofHelper(c *sync.Call, h *core.Record) (pair, error) {
	p := pair{about: h.Id, side: "helps", circle: h.GetString("circle")}
	member := h.GetString("member")
	if h.GetString("status") == "over" || member == "" {
		return pair{}, errReply
	}
	if member != c.Member {
		if err := c.Allowed(errReply, "organise/"+p.circle); err != nil {
			return pair{}, err
		}
		p.side, p.other = "asks", member
	}
	circle, err := c.Find("circles", p.circle, errReply)
	if err != nil {
		return pair{}, err
	}
	if circle.GetString("status") != "open" {
		return pair{}, errReply
	}
	p.apart, err = w.Apart(c, member, circle.GetString("person"))
	return p, err
}

// Behind gives the member behind what the caller holds of them: an ask, a reply, or
// help in a circle. Nobody is told who it is.
func Behind(c *sync.Call, about string, unknown error) (string, error) {
	for _, find := range []func(*sync.Call, string) (string, error){behindAsk, behindReply, behindHelper} {
		if member, err := find(c, about); err != nil || member != "" {
			return member, err
		}
	}
	return "", unknown
}

func behindAsk(c *sync.Call, about string) (string, error) {
	a, err := c.Find("asks", about, nil)
	if err != nil || a == nil {
		return "", err
	}
	if a.GetString("status") != "open" { // it is on nobody's phone but theirs, and of who replied: they say it of the reply
		return "", nil
	}
	return a.GetString("member"), nil
}

func behindReply(c *sync.Call, about string) (string, error) {
	r, err := c.Find("replies", about, nil)
	if err != nil || r == nil {
		return "", err
	}
	switch member, asker := r.GetString("member"), r.GetString("asker"); {
	case member == c.Member:
		return asker, nil
	case asker == c.Member && !r.GetBool("apart"):
		return member, nil
	}
	return "", nil
}

func behindHelper(c *sync.Call, about string) (string, error) {
	h, err := c.Find("circleHelpers", about, nil)
	if err != nil || h == nil {
		return "", err
	}
	if h.GetString("member") != c.Member {
		in, err := c.In("organise/" + h.GetString("circle"))
		if err != nil || !in {
			return "", err
		}
		return h.GetString("member"), nil
	}
	circle, err := c.Find("circles", h.GetString("circle"), nil)
	if err != nil || circle == nil {
		return "", err
	}
	return circle.GetString("person"), nil
}

// blockBehind is that the caller wants nothing to do with whoever is behind an ask, a
// reply or somebody's help.
func (w *room) blockBehind(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID    string `json:"id"`
		About string `json:"about"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	other, err := Behind(c, args.About, errReply)
	if err != nil {
		return sync.Result{}, err
	}
	return w.Block(c, args.ID, other, args.About)
}
