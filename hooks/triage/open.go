package triage

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/doorman"
	"kith/internal/audit"
	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/sync"
	"kith/internal/text"
)

func (w *room) serve(e *core.ServeEvent) error {
	e.Router.POST("/api/concerns/open", w.open).Bind(apis.BodyLimit(limits.SmallBody))
	e.Router.POST("/api/concerns/names", w.names).Bind(apis.BodyLimit(limits.SmallBody))
	return e.Next()
}

// how somebody comes to open a concern.
type how string

const (
	asCoordinator how = "coordinator"
	asAssignee    how = "assignee"
	byGlass       how = "glass" // it is somebody else's, and they say why
)

// open is POST /api/concerns/open: the words of one concern, for who may read them.
//
// NB! Two steps that stay two. The record of it is on disk before anything is
// opened: an open that nobody could find out about must not be possible, also
// where the machine fails in between. What was recorded and then not shown is no
// harm.
func (w *room) open(e *core.RequestEvent) error {
	who, err := w.doorman.Proven(e)
	if err != nil {
		return err
	}
	id, reason, err := w.asked(e)
	if err != nil {
		return err
	}
	keys := w.ring.Keys()
	if keys == nil {
		return problem.ConcernsOff.Because(nil)
	}
	o := &opening{room: w, keys: keys, who: who, reason: reason, now: time.Now()}
	if err := e.App.RunInTransaction(func(tx core.App) error { return o.record(tx, id) }); err != nil {
		return err
	}
	out, err := o.show(e.App)
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, out)
}

func (w *room) asked(e *core.RequestEvent) (id, reason string, err error) {
	var body struct {
		ID     string `json:"id"`
		Reason string `json:"reason"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return "", "", err
	}
	reason, err = text.Block(body.Reason, limits.GlassReason)
	if err != nil {
		return "", "", problem.BodyInvalid.Saying("A reason has up to 500 letters.")
	}
	return body.ID, reason, nil
}

// opening is one, under way.
type opening struct {
	*room
	keys   *concern.Keys
	who    doorman.Caller
	reason string
	now    time.Time

	how     how
	concern *core.Record
}

// record judges who asks, and puts into the record that they open it; tx commits
// before anything is opened.
func (o *opening) record(tx core.App, id string) error {
	if err := o.doorman.May(tx, o.who); err != nil {
		return err
	}
	if err := o.judge(tx, id); err != nil {
		return err
	}
	if err := o.looks(tx); err != nil {
		return err
	}
	action := "concerns.open"
	if o.how == byGlass {
		action = "concerns.breakGlass"
	}
	return audit.Append(tx.DB(), audit.Entry{
		At: o.now, Actor: o.who.Member, Device: o.who.Device, Action: action, Subject: o.concern.Id, Detail: map[string]string{"as": string(o.how)},
	})
}

// looks is what follows from it that somebody opens a concern.
func (o *opening) looks(tx core.App) error {
	if o.how == byGlass {
		return o.breakGlass(tx)
	}
	if o.concern.GetString("assignee") != o.who.Member {
		return nil
	}
	return looked(tx, o.concern)
}

// judge says by which right somebody opens a concern, or refuses. Roles are read
// here, in the transaction, and not where the request came in.
func (o *opening) judge(tx core.App, id string) error {
	var auds []string
	err := tx.DB().NewQuery("SELECT aud FROM sync_grant WHERE member = {:member} AND aud IN ('responders', 'coordinators')").
		Bind(dbx.Params{"member": o.who.Member}).Column(&auds)
	boss := slices.Contains(auds, "coordinators")
	switch {
	case err != nil:
		return err
	case len(auds) == 0:
		return problem.NotAllowed.Saying("Only those who look into concerns can open one.")
	}
	if enrolled, err := o.enrolled(tx); err != nil {
		return err
	} else if !enrolled {
		return problem.DeviceNotEnrolled.Because(nil)
	}
	r := &core.Record{}
	err = tx.RecordQuery("concerns").AndWhere(dbx.HashExp{"id": id}).Limit(1).One(r)
	if err != nil || !there(r) || r.GetBool("lead") && !boss {
		return problem.ConcernUnknown.Because(err)
	}
	switch o.concern = r; {
	case boss:
		o.how = asCoordinator
	case r.GetString("assignee") == o.who.Member:
		o.how = asAssignee
	case o.reason != "":
		o.how = byGlass
	default:
		return problem.NotAssigned.Because(nil)
	}
	return nil
}

func (o *opening) enrolled(tx core.App) (yes bool, err error) {
	err = tx.DB().NewQuery("SELECT enrolled FROM devices WHERE id = {:id}").Bind(dbx.Params{"id": o.who.Device}).Row(&yes)
	return yes && o.who.Proven, err
}

// breakGlass keeps why somebody opens what isn't theirs, sealed as the concern is.
func (o *opening) breakGlass(tx core.App) error {
	glasses, err := tx.FindCachedCollectionByNameOrId("breakGlasses")
	if err != nil {
		return err
	}
	g := core.NewRecord(glasses)
	g.Id = core.GenerateDefaultRandomId()
	plain, err := json.Marshal(concern.Glass{V: 1, Reason: o.reason})
	if err != nil {
		return err
	}
	sealed, err := o.keys.Seal(concern.Facts{Kind: concern.KindGlass, ID: g.Id, Area: o.concern.Id, Hour: concern.HourOf(o.now)}, plain)
	if err != nil {
		return err
	}
	name, _, err := concern.Names(sealed)
	if err != nil {
		return err
	}
	g.Load(map[string]any{
		"concern": o.concern.Id, "by": o.who.Member, "at": sync.Stamp(o.now), "keyName": name, "sealed": concern.Text(sealed),
	})
	if err := tx.Save(g); err != nil {
		return err
	}
	return o.tellGlass(tx, g.Id)
}

// unseal opens what a row has sealed.
func (o *opening) unseal(f concern.Facts, row *core.Record) ([]byte, error) {
	raw, err := concern.OfText(row.GetString("sealed"))
	if err != nil {
		return nil, err
	}
	return o.keys.Open(f, raw)
}

// lost is what is told of a concern whose key was destroyed, or isn't here.
func lost(err error) error {
	if errors.Is(err, concern.ErrOtherKey) {
		return problem.SealedElsewhere.Saying("This was sealed to a key that is not on this server any more. Only the recovery key opens it.").Because(err)
	}
	return problem.Internal.Because(err)
}
