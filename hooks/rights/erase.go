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
// for anybody; who may ask for it is asked before. db is a transaction; leave
// ends what their going means for others, while their rows are still there.
func erase(db dbx.Builder, keepings []sync.Keeping, member string, leave func() error) (*Erased, error) {
	e := &erasure{db, dbx.Params{"member": member}, &Erased{Gone: []Gone{}, Stays: []Stay{}}}
	steps := inOrder(keepings)
	for i, step := range steps {
		if i == afterFound {
			if err := leave(); err != nil {
				return nil, err
			}
		}
		for _, k := range step {
			if err := e.one(k); err != nil {
				return nil, err
			}
		}
	}
	e.out.Stays = append(e.out.Stays, told)
	return e.out, forget(db, member)
}

// erasure is one member's, under way.
type erasure struct {
	db  dbx.Builder
	who dbx.Params
	out *Erased
}

// one keeping is carried out.
//
// NB! What is withheld is said of everybody or of nobody: else who was blocked
// would learn it here.
func (e *erasure) one(k *sync.Keeping) error {
	if why, stays := sync.Stays(k.AtErasure); stays {
		n, err := count(e.db, k.Collection, k.Mine(), e.who)
		if n > 0 || k.Withheld != "" {
			e.out.Stays = append(e.out.Stays, Stay{k.What, why})
		}
		return err
	}
	n, err := change(e.db, k.Collection, k.AtErasure, k.Mine(), sync.Blanks(k.AtErasure), e.who, 0)
	if n > 0 && k.Withheld == "" {
		e.out.Gone = append(e.out.Gone, Gone{k.What, n})
	}
	return err
}

// afterFound is the step before which what is found through other rows is done.
const afterFound = 2

// inOrder returns the keepings that are about members: what stays is counted
// first; what is found through other rows goes while those are there; then what
// is emptied, what is deleted, and the member last.
func inOrder(keepings []sync.Keeping) (steps [5][]*sync.Keeping) {
	for i := range keepings {
		k := &keepings[i]
		_, stays := sync.Stays(k.AtErasure)
		step := 3
		switch {
		case k.Whose == "":
			continue
		case stays:
			step = 0
		case k.Collection == "members":
			step = 4
		case strings.Contains(k.Whose, "SELECT"):
			step = 1
		case strings.HasPrefix(k.AtErasure, "blank:"):
			step = afterFound
		}
		steps[step] = append(steps[step], k)
	}
	return steps
}

// forget empties what the phones of others were told that names the member.
func forget(db dbx.Builder, member string) error {
	_, err := db.NewQuery("UPDATE sync_command SET result = '', payload = '' WHERE instr(result, {:member}) > 0 OR instr(payload, {:member}) > 0").
		Bind(dbx.Params{"member": member}).Execute()
	return err
}
