package circles

import (
	"database/sql"
	"errors"

	"kith/internal/sync"
)

// door is who comes in, who is taken off, and who is told where somebody lives.
type door struct {
	apart func(c *sync.Call, one, other string) (bool, error)
	link  func(c *sync.Call, code string) (Link, error)
}

func (w *door) register(r *sync.Registry) {
	declareHomes(r)
	r.Keep(homeKeepings()...)
	for name, handler := range map[string]sync.Handler{
		"circles.join": w.join, "circles.share": w.share, "circleHelpers.admit": w.admit, "circleHelpers.remove": remove, "circleHelpers.prefer": prefer,
		"circleHelpers.block": block, "circleHelpers.clear": clearWish, "circleHelpers.leave": leave,
		"homes.set": setHome, "turns.step": step,
	} {
		r.HandleFor("circles", name, handler)
	}
}

func missing(err error) bool { return errors.Is(err, sql.ErrNoRows) }
