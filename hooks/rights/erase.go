package rights

import (
	"strings"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// Erased is what became of what was kept of a member; the outcome of the command
// tells it, and there is nothing of the member in it.
type Erased struct {
	Gone  []Gone `json:"gone"`
	Stays []Stay `json:"stays"`
}

// Gone is one kind of rows that were deleted or emptied.
type Gone struct {
	What string `json:"what"`
	Rows int    `json:"rows"`
}

// Stay is one kind of rows that stay, and why.
type Stay struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// told is what others wrote or were answered.
var told = Stay{
	"What others wrote in their own words, and what their phones were answered",
	"It is theirs. Answers are deleted after 56 days.",
}

// erase deletes and empties whatever the keepings say is a member's. It does so
// for anybody; who may ask for it is asked before. db is a transaction.
func erase(db dbx.Builder, keepings []sync.Keeping, member string) (*Erased, error) {
	out := &Erased{Gone: []Gone{}, Stays: []Stay{}}
	who := dbx.Params{"member": member}
	for _, k := range inOrder(keepings) {
		why, stays := sync.Stays(k.AtErasure)
		if stays {
			n, err := count(db, k.Collection, k.Mine(), who)
			if err != nil {
				return nil, err
			}
			if n > 0 {
				out.Stays = append(out.Stays, Stay{k.What, why})
			}
			continue
		}
		n, err := change(db, k.Collection, k.AtErasure, k.Mine(), sync.Blanks(k.AtErasure), who, 0)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out.Gone = append(out.Gone, Gone{k.What, n})
		}
	}
	out.Stays = append(out.Stays, told)
	return out, forget(db, member)
}

// inOrder returns the keepings that are about members: what stays is counted
// first; what is emptied or is found through other rows goes before those rows
// do; and the member goes last.
func inOrder(keepings []sync.Keeping) []*sync.Keeping {
	var steps [4][]*sync.Keeping
	for i := range keepings {
		k := &keepings[i]
		_, stays := sync.Stays(k.AtErasure)
		switch {
		case k.Whose == "":
		case stays:
			steps[0] = append(steps[0], k)
		case k.Collection == "members":
			steps[3] = append(steps[3], k)
		case strings.HasPrefix(k.AtErasure, "blank:") || strings.Contains(k.Whose, "SELECT"):
			steps[1] = append(steps[1], k)
		default:
			steps[2] = append(steps[2], k)
		}
	}
	return append(append(append(steps[0], steps[1]...), steps[2]...), steps[3]...)
}

// forget empties what the phones of others were told that names the member.
func forget(db dbx.Builder, member string) error {
	_, err := db.NewQuery("UPDATE sync_command SET result = '', payload = '' WHERE instr(result, {:member}) > 0 OR instr(payload, {:member}) > 0").
		Bind(dbx.Params{"member": member}).Execute()
	return err
}
