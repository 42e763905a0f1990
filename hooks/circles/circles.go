// Package circles is neighbours who help somebody: a circle around one person, what it
// helps with and when, and who has which turn.
//
// What is ruled is in internal/rota, which knows nothing of databases: the same rota is
// left in whatever order phones that were away bring what was said on them. A helper
// sees first names, places in words and times; never a reason, and an address only for
// the turn that is theirs, while it is.
package circles

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/sync"
)

// room is the room, and the question it asks another.
type room struct {
	apart func(c *sync.Call, one, other string) (bool, error)
}

// Register binds the room. apart says whether one of two members wants nothing to do
// with the other.
func Register(_ core.App, r *sync.Registry, _ func(c *sync.Call, one, other string) (bool, error)) {
	declare(r)
}

// declare says who gets what of the circle and its rota.
func declare(r *sync.Registry) {
	r.Prioritise("circle", 1)
	r.Prioritise("organise", 1)
	r.Lease("circle", limits.LeaseCircle)
	r.Lease("organise", limits.LeaseCircle)
	// The person organises their own circle, whoever else does.
	r.Grant(sync.Grant{Table: "circles", Member: "{row}.person", Audience: "'organise/' || {row}.id"})
	r.Grant(sync.Grant{Table: "organisers", Member: "{row}.member", Audience: "'organise/' || {row}.circle"})
	r.Grant(sync.Grant{Table: "circleHelpers", Member: "{row}.member", Audience: "'circle/' || {row}.circle", When: "{row}.status = 'in'"})

	r.Sync(sync.Collection{
		Name: "circles", Columns: sync.Texts("name", "personName", "words", "requires", "status"),
		To: []sync.Audience{
			{Key: "'circle/' || {row}.id", When: "{row}.status = 'open'"}, {Key: "'organise/' || {row}.id"},
			{Key: "'member/' || {row}.person"}, {Key: "'helped/' || {row}.person"},
		},
	})
	organise := sync.Audience{Key: "'organise/' || {row}.circle"}
	r.Sync(sync.Collection{Name: "organisers", Columns: sync.Texts("circle", "firstName"), To: []sync.Audience{organise}})
	r.Sync(sync.Collection{
		Name: "circleHelpers", Columns: sync.Texts("circle", "firstName", "status", "safety"),
		To: []sync.Audience{organise, {Key: "'member/' || {row}.member", When: "{row}.member <> ''"}},
	})
	// NB! Never to the helper, nor to the circle: nobody is to know that they are unwanted.
	r.Sync(sync.Collection{Name: "circleWishes", Columns: sync.Texts("circle", "helper", "wish"), To: append(persons(), organise)})
	r.Sync(sync.Collection{
		Name: "slots", Columns: append(sync.Texts("circle", "kind", "start", "end", "note", "status"), sync.Objects("schedule")...), To: everybody(),
	})
	r.Sync(sync.Collection{
		Name:    "turns",
		Columns: append(sync.Texts("circle", "slot", "occurrence", "helper", "helperName", "status"), sync.Bools("every")...), To: everybody(),
	})
	r.Sync(sync.Collection{Name: "everies", Columns: sync.Texts("circle", "slot", "helper", "helperName", "since"), To: everybody()})
	turn := sync.Texts("turn", "circle", "slot", "occurrence", "helper")
	r.Sync(sync.Collection{
		Name: "standbys", Columns: slices.Concat(turn, sync.Texts("firstName")), To: []sync.Audience{organise, {Key: "'member/' || {row}.member", When: "{row}.member <> ''"}},
	})
	r.Sync(sync.Collection{
		Name: "swaps", Columns: slices.Concat(turn, sync.Texts("fromName", "toName", "status")),
		To: []sync.Audience{
			organise, {Key: "'member/' || {row}.member", When: "{row}.member <> ''"}, {Key: `'member/' || {row}."from"`, When: `{row}."from" <> ''`},
		},
	})
}

// persons are the audiences of the person a row is about, and of who acts for them.
func persons() []sync.Audience {
	return []sync.Audience{
		{Key: "'member/' || {row}.person", When: "{row}.person <> ''"}, {Key: "'helped/' || {row}.person", When: "{row}.person <> ''"},
	}
}

// everybody are the audiences of what all of a circle see.
func everybody() []sync.Audience {
	return append(persons(), sync.Audience{Key: "'circle/' || {row}.circle"}, sync.Audience{Key: "'organise/' || {row}.circle"})
}
