package concerns

import (
	"kith/internal/concern"
	"kith/internal/notice"
)

// tell tells the coordinators of an urgent one, in the transaction in which it is taken
// in.
//
// NB! All of them: to leave out who passed it on would say who that was. And no minute:
// who knows the rota of a shop could tell by it (notice.Template, Hourly).
func (t *taking) tell() error {
	if t.says.Urgency != concern.Urgent {
		return nil
	}
	return notice.Tell(t.tx.DB(), notice.Telling{Key: "concern", To: "coordinators", Template: "concern.urgent", Ref: t.says.ID, At: t.now})
}

// takenBack leaves nothing of it in any inbox that a concern was there which somebody
// took back: not even the hour.
func (t *taking) takenBack() error {
	return notice.Gone(t.tx.DB(), t.says.ID, "concern.urgent", "concern.waits", "concern.phone", "concern.glass")
}
