package acting

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/sync"
)

// tellBoth tells the person and the helper that an agreement began or ended, but
// whichever of them did it. One that a block has ended is told of in the same way as any
// other: who is blocked must not be able to tell.
func tellBoth(c *sync.Call, template string, consent *core.Record) error {
	told, err := toldOf(c.App, consent)
	for _, member := range told {
		if err == nil {
			err = notice.By(c, template, "member/"+member, consent.Id)
		}
	}
	return err
}

// toldOf are the two of an agreement. NB! Of somebody without a phone it is the helper
// who is told, and once.
func toldOf(app core.App, consent *core.Record) (told []string, err error) {
	if helper := consent.GetString("helper"); helper != "" {
		told = append(told, helper)
	}
	var phoneless bool
	member := consent.GetString("member")
	err = app.DB().NewQuery("SELECT coalesce((SELECT noPhone FROM members WHERE id = {:id}), true)").Bind(dbx.Params{"id": member}).Row(&phoneless)
	if err == nil && !phoneless {
		told = append(told, member)
	}
	return told, err
}
