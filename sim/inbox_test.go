package sim

import (
	"context"
	"time"

	"kith/hooks/notices"
)

// What people are told: rows that nobody has sent, made from what others did, in the
// inbox of each alone.

// ofInboxes are the audiences of what people are told, and of how.
func ofInboxes(coll, id string, col map[string]string) []string {
	switch coll {
	case "noticeChoices":
		return []string{"member/" + id}
	case "deliveries":
		if col["state"] == "dead" {
			return []string{"coordinators"}
		}
		return nil
	}
	return []string{"member/" + col["member"]}
}

// tell has the worker bring out what is to be told by now, to inboxes alone: nobody is
// at a phone or an address here. What is told to many is one statement, which no hook
// hears of; the hub finds it by itself.
func (w *world) tell() {
	w.change("rounds of telling", notices.NewWorker(w.s.app, notices.Channels{}).All(context.Background(), time.Now()))
	w.hubLooks()
}

// look is a person at their inbox, or at how they want to be told.
func (w *world) look(p *phone) {
	switch w.rng.IntN(6) {
	case 0, 1:
		w.do(p, "notices.read", map[string]any{"ids": []string{w.seen(p, "notices"), w.seen(p, "notices")}})
	case 2:
		w.do(p, "notices.unread", map[string]any{"ids": []string{w.seen(p, "notices")}})
	case 3:
		w.do(p, "notices.choose", map[string]any{"set": map[string]any{"loyalty": pick(w, []string{"now", "digest", "inbox", "never"}), "email": w.chance(2)}})
	case 4:
		w.do(p, "registrations.put", map[string]any{"kind": "token", "value": "invented:" + pick(w, []string{"phone-that-two-have-had", w.fresh()})})
	case 5:
		w.do(p, "registrations.end", nil)
	}
}
