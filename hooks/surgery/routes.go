package surgery

import (
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/problem"
)

// received is the answer to every note that can be read, letter by letter.
var received = []byte(`{"received":true}`)

// take is POST /api/notes: from anybody, and nobody is asked who they are.
func (w *room) take(e *core.RequestEvent) error {
	var body struct {
		ID     string `json:"id"`
		Hour   string `json:"hour"`
		Sealed string `json:"sealed"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	now := time.Now()
	if !w.rate.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(limits.Around(5 * time.Minute))
	}
	keys := w.ring.Keys()
	if keys == nil {
		return problem.ConcernsOff.Because(nil)
	}
	facts := concern.Facts{Kind: concern.KindSurgery, ID: body.ID, Hour: body.Hour}
	o, err := opened(keys, facts, body.Sealed)
	if err != nil {
		return err
	}
	// So the recovery key opens it for sure, whatever was sealed to that.
	envelope, err := keys.Anew(facts, o.key, o.plain)
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		// The same note again is the first one: whoever sends it has lost our answer.
		// NB! No reading before it, and no index over who it is about.
		_, err := tx.DB().NewQuery(`INSERT INTO surgeryNotes (id, hour, received, state, keyName, sealed, person)
			VALUES ({:id}, {:hour}, {:received}, 'new', {:key}, {:sealed}, {:person}) ON CONFLICT (id) DO NOTHING`).
			Bind(dbx.Params{
				"id": body.ID, "hour": body.Hour, "received": now.UTC().Truncate(time.Hour).Format("2006-01-02 15:04:05.000Z"),
				"key": o.key, "sealed": concern.Text(envelope), "person": keys.Noted(o.About.Name),
			}).Execute()
		if err != nil {
			return err
		}
		// NB! The same statement for every note, and one line for the whole tray: nothing
		// that is stored of it says which note it was, nor when but for the hour.
		return notice.Tell(tx.DB(), notice.Telling{Key: "note/" + body.ID, To: "surgery", Template: "note.new", At: now.UTC().Truncate(time.Hour)})
	})
	if err != nil {
		return err
	}
	h := e.Response.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	e.Response.WriteHeader(http.StatusOK)
	_, err = e.Response.Write(received)
	return err
}

// note is one that was opened, and by which key.
type note struct {
	*concern.Surgery
	plain []byte
	key   string
}

// opened opens a note.
func opened(keys *concern.Keys, f concern.Facts, sealed string) (*note, error) {
	raw, err := concern.OfText(sealed)
	if err != nil || !f.Valid() {
		return nil, problem.BodyInvalid.Because(err)
	}
	name, _, err := concern.Names(raw)
	if err != nil {
		return nil, problem.BodyInvalid.Because(err)
	}
	plain, err := keys.Open(f, raw)
	switch {
	case errors.Is(err, concern.ErrOtherKey):
		return nil, problem.SealedElsewhere.Because(err)
	case err != nil:
		return nil, problem.SealedInvalid.Because(err)
	}
	says, err := concern.ReadSurgery(plain)
	if err != nil {
		return nil, problem.BodyInvalid.Saying("Say who it is about, and in a few words what the surgery should know.").Because(err)
	}
	return &note{says, plain, name}, nil
}

// open is POST /api/notes/open: the words of one note, for somebody of the surgery
// on their own device. The record of it is on disk before it is opened, and names
// no note.
func (w *room) open(e *core.RequestEvent) error {
	who, err := w.doorman.Proven(e)
	if err != nil {
		return err
	}
	var body struct {
		ID string `json:"id"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return err
	}
	keys := w.ring.Keys()
	if keys == nil {
		return problem.ConcernsOff.Because(nil)
	}
	now, row := time.Now(), &core.Record{}
	err = e.App.RunInTransaction(func(tx core.App) error {
		if err := w.doorman.May(tx, who); err != nil {
			return err
		}
		var mine, enrolled bool
		if err := tx.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM sync_grant WHERE member = {:member} AND aud = 'surgery'),
			EXISTS (SELECT 1 FROM devices WHERE id = {:device} AND enrolled)`).
			Bind(dbx.Params{"member": who.Member, "device": who.Device}).Row(&mine, &enrolled); err != nil {
			return err
		}
		switch {
		case !mine:
			return problem.NotAllowed.Saying("Only the surgery can open a note.")
		case !enrolled:
			return problem.DeviceNotEnrolled.Because(nil)
		}
		if err := tx.RecordQuery("surgeryNotes").AndWhere(dbx.HashExp{"id": body.ID}).Limit(1).One(row); err != nil {
			return problem.NoteUnknown.Because(err)
		}
		return audit.Append(tx.DB(), audit.Entry{At: now, Actor: who.Member, Device: who.Device, Action: "surgery.open"})
	})
	if err != nil {
		return err
	}
	n, err := opened(keys, concern.Facts{Kind: concern.KindSurgery, ID: row.Id, Hour: row.GetString("hour")}, row.GetString("sealed"))
	if err != nil {
		return lost(err)
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, n.Surgery)
}

// lost is what is told of a note whose key is gone; that it can't be read for
// another reason is our fault, and not the request's.
func lost(err error) error {
	var p *problem.Problem
	if errors.As(err, &p) && p.Code == problem.SealedElsewhere.Code {
		return p
	}
	return problem.Internal.Because(err)
}
