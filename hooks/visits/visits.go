// Package visits is "I'd like to come": a member tells the hosts of a listing
// that they mean to come to one occurrence, with as much about themselves as
// they choose. Hosts see that, and never which member it is.
package visits

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/interest"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// room is the room, and whom it tells that somebody comes, or doesn't.
type room struct {
	coming func(c *sync.Call, listing string) error
}

// Register declares what is synced and what can be asked for. A visit that was
// called off leaves the hosts' audience: nobody has to explain. coming hears of every
// change of what the caller means to come to.
func Register(r *sync.Registry, coming func(c *sync.Call, listing string) error) {
	r.Sync(sync.Collection{
		Name: "visits",
		Columns: slices.Concat(
			sync.Texts("listing", "occurrence", "firstName", "welcome", "say", "regular", "status"), sync.Objects("interests"), sync.Bools("first")),
		To: []sync.Audience{
			{Key: "'member/' || {row}.member"}, {Key: "'helped/' || {row}.member"},
			{Key: "'host/' || {row}.listing", When: "{row}.status = 'coming'"},
		},
	})
	r.Keep(keepings()...)
	w := &room{coming}
	r.HandleFor("visits", "visits.come", w.come)
	r.HandleFor("visits", "visits.cancel", w.cancel)
}

type comeArgs struct {
	ID         string   `json:"id"`
	Listing    string   `json:"listing"`
	Occurrence string   `json:"occurrence"`
	FirstName  string   `json:"firstName"`
	Welcome    string   `json:"welcome"`
	Say        string   `json:"say"`
	Interests  []string `json:"interests"`
	First      bool     `json:"first"`

	regular string // who they are on the group's register, if they are
}

// welcomes are how somebody can be met: not at all, at the door, on the way there; and
// "I only come and look".
var welcomes = []string{"none", "door", "walk", "look"}

// come stores a visit, or changes the one this member already has for the same
// occurrence (then the answer is merged and names it).
func (w *room) come(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[comeArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := checkCome(c, &args); err != nil {
		return sync.Result{}, err
	}
	visit, merged, err := theirs(c, &args)
	if err != nil {
		return sync.Result{}, err
	}
	before := visit.GetString("status")
	visit.Load(map[string]any{
		"firstName": args.FirstName, "welcome": args.Welcome, "say": args.Say, "interests": args.Interests, "first": args.First,
		"regular": args.regular, "status": "coming",
	})
	visit.Set("occurredAt", sync.Stamp(c.OccurredAt))
	visit.Set("clock", c.Clock)
	// NB! PocketBase would ask once more for what checkCome, theirs and the doorman have
	// just asked for in this transaction: the form of each column, that the id is
	// free, that listing and member are there. That was a fifth of a push.
	if err := c.App.SaveNoValidate(visit); err != nil {
		return sync.Result{}, err
	}
	if before != "coming" { // who changes what they said is coming already
		if err := tellHosts(c, args.Listing); err != nil {
			return sync.Result{}, err
		}
	}
	return sync.Result{Merged: merged, Data: map[string]string{"id": visit.Id}}, w.coming(c, args.Listing)
}

// theirs is the visit that the member already has for the occurrence, or a new one.
func theirs(c *sync.Call, args *comeArgs) (visit *core.Record, merged bool, err error) {
	var have string
	var taken bool
	err = c.Ask(`SELECT coalesce((SELECT id FROM visits WHERE member = {:member} AND listing = {:listing} AND occurrence = {:occurrence}), ''), EXISTS (SELECT 1 FROM visits WHERE id = {:id}),
		coalesce((SELECT id FROM regulars WHERE member <> '' AND member = {:member} AND listing = {:listing} AND same = '' LIMIT 1), '')`,
		dbx.Params{"member": c.Member, "listing": args.Listing, "occurrence": args.Occurrence, "id": args.ID}).Row(&have, &taken, &args.regular)
	switch {
	case err != nil:
		return nil, false, err
	case have != "":
		visit, err = c.App.FindRecordById("visits", have)
		return visit, true, err
	case taken:
		return nil, false, sync.Reject("id_taken", "This was sent before.")
	}
	visit, err = newVisit(c, args)
	return visit, false, err
}

func newVisit(c *sync.Call, args *comeArgs) (*core.Record, error) {
	coll, err := c.App.FindCachedCollectionByNameOrId("visits")
	if err != nil {
		return nil, err
	}
	v := core.NewRecord(coll)
	v.Id = args.ID
	v.Set("member", c.Member)
	v.Set("listing", args.Listing)
	v.Set("occurrence", args.Occurrence)
	return v, nil
}

func checkCome(c *sync.Call, args *comeArgs) error {
	if err := errors.Join(sync.ID(args.ID), sync.ID(args.Listing)); err != nil {
		return sync.Reject("args_invalid", "The app sent something the server could not read.")
	}
	if !slices.Contains(welcomes, args.Welcome) {
		return sync.ErrShape
	}
	if err := checkWords(args); err != nil {
		return err
	}
	return checkListing(c, args)
}

// checkWords holds what somebody chose to say of themselves against what fits.
func checkWords(args *comeArgs) (err error) {
	if args.FirstName, err = text.Line(args.FirstName, limits.FirstName); err != nil {
		return sync.Reject("text_invalid", "A first name has up to 40 letters.")
	}
	if args.Say, err = text.Block(args.Say, limits.Say); err != nil {
		return sync.Reject("text_invalid", "What you tell the people there has up to 200 letters.")
	}
	var known bool
	if args.Interests, known = interest.Pick(args.Interests); !known {
		return sync.Reject("interests_invalid", "Choose up to five interests from the list.")
	}
	return nil
}

// checkListing asks if somebody can come there at all.
func checkListing(c *sync.Call, args *comeArgs) error {
	// NB! Three columns, not the record: a phone that was away asks a thousand times in one push.
	var source, status, schedule string
	err := c.Ask("SELECT source, status, coalesce(schedule, 'null') FROM listings WHERE id = {:id}", dbx.Params{"id": args.Listing}).Row(&source, &status, &schedule)
	if errors.Is(err, sql.ErrNoRows) {
		return sync.Reject("listing_unknown", "This listing is not here any more.")
	}
	if err != nil {
		return err
	}
	// NB! Nobody must travel because of "somebody will look out for you" where
	// nobody would be told: a feed's listing has no host here.
	if strings.HasPrefix(source, "oruk:") || strings.HasPrefix(source, "ical:") {
		return sync.Reject("nobody_here", "The people who run this don't use Kith, so nobody would be told. Ask them before you set out.")
	}
	switch status {
	case "active":
		return checkOccurrence(c, schedule, args.Occurrence)
	case "draft": // as far as others know, it isn't there
		return sync.Reject("listing_unknown", "This listing is not here any more.")
	}
	return sync.Reject("listing_closed", "This isn't on at the moment.")
}

// checkOccurrence holds the visit against the schedule. What was past when the
// person asked is refused; what became past while their phone had no signal isn't.
func checkOccurrence(c *sync.Call, schedule, key string) error {
	var s calendar.Schedule
	if err := json.Unmarshal([]byte(schedule), &s); err != nil {
		return err
	}
	o, found := s.Find(key)
	switch {
	case !found:
		return sync.Reject("occurrence_unknown", "It isn't on at that time any more. Choose another day.")
	case o.Cancelled:
		return sync.Reject("occurrence_cancelled", "It isn't on that day. Choose another.")
	case !o.End.After(c.OccurredAt):
		return sync.Reject("occurrence_past", "That day is over. Choose another.")
	case o.Start.After(c.OccurredAt.Add(limits.RegisterAhead)):
		return sync.Reject("occurrence_early", "That is more than a year away. Say that you come nearer the day.")
	}
	return nil
}

func (w *room) cancel(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := sync.ID(id); err != nil {
		return sync.Result{}, err
	}
	visit, err := c.App.FindRecordById("visits", id)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && visit.GetString("member") != c.Member) {
		return sync.Result{}, sync.Reject("visit_unknown", "This visit is not here any more.")
	}
	if err != nil {
		return sync.Result{}, err
	}
	if err := callOff(c, visit); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, w.coming(c, visit.GetString("listing"))
}

// callOff takes a visit back, and with it all that was said: it is nobody's business
// any more.
func callOff(c *sync.Call, visit *core.Record) error {
	visit.Load(map[string]any{"status": "cancelled", "firstName": "", "welcome": "none", "say": "", "interests": []string{}, "first": false, "regular": ""})
	if err := c.App.Save(visit); err != nil {
		return err
	}
	return nobodyElse(c, visit.GetString("listing"))
}

// Left calls off all that a member who leaves was coming to. What is over stays
// as it was.
func Left(c *sync.Call) error {
	coming, err := c.App.FindAllRecords("visits", dbx.HashExp{"member": c.Member, "status": "coming"},
		dbx.NewExp("occurrence >= {:yesterday}", dbx.Params{"yesterday": yesterday(c.Now)}))
	if err != nil {
		return err
	}
	for _, v := range coming {
		if err := callOff(c, v); err != nil {
			return err
		}
	}
	return nil
}
