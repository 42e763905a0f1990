package registers

import (
	"strconv"

	"kith/internal/limits"
	"kith/internal/register"
	"kith/internal/sync"
)

// of one session, and nothing more.
type sessionArgs struct {
	Listing    string `json:"listing"`
	Occurrence string `json:"occurrence"`
}

// count writes down how many there were, where nobody ticks names. 0: it isn't known.
func count(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		sessionArgs
		Heads *int `json:"heads"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if args.Heads == nil || *args.Heads < 0 || *args.Heads > limits.Heads {
		return sync.Result{}, errArgs
	}
	return say(c, args.sessionArgs, "heads", strconv.Itoa(*args.Heads))
}

// take says that this is everybody. From here on, who isn't on it wasn't there.
func take(c *sync.Call) (sync.Result, error) { return turn(c, register.Taken) }

// open takes that back.
func open(c *sync.Call) (sync.Result, error) { return turn(c, register.Open) }

func turn(c *sync.Call, state string) (sync.Result, error) {
	args, err := sync.Args[sessionArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	return say(c, args, "state", state)
}

// say merges what a phone says of a register as a whole.
func say(c *sync.Call, args sessionArgs, column, value string) (sync.Result, error) {
	s, err := begin(c, args.Listing, args.Occurrence)
	if err != nil {
		return sync.Result{}, err
	}
	if err := s.started(); err != nil {
		return sync.Result{}, err
	}
	s.take(s.told, s.register.Id, column, value)
	if err := s.save(); err != nil {
		return sync.Result{}, err
	}
	if column == "state" {
		if err := ruleOn(c.App, s.listing, nil, c.Now); err != nil {
			return sync.Result{}, err
		}
	}
	return s.answer(false, nil), nil
}
