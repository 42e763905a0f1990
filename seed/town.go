package seed

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"

	"kith/internal/ledger"
)

// The town as people edit it. README.md says what each field means.
//
//go:embed community.json care.json circles.json concerns.json expected.json past.json people.json rewards.json scheme.json shops.json told.json places.json organisations.json town/*.json
var files embed.FS

// town is everything in the files, in the order in which it is written there.
type town struct {
	community     community
	looking       looking
	places        []place
	organisations []organisation
	shops         []shop
	rewards       []reward
	people        []person
	told          told
	listings      []listing
}

type community struct {
	Slug         string        `json:"slug"`
	Name         string        `json:"name"`
	Area         string        `json:"area"`
	Zone         string        `json:"zone"`
	Lat          float64       `json:"lat"`
	Lon          float64       `json:"lon"`
	Definition   string        `json:"definition"`
	Attributions []attribution `json:"attributions"`
	Demo         bool          `json:"demo"`
}

// looking is what the town has set for looking after people. Its numbers are
// among those that Ofcom keeps free for plays: nobody answers them.
type looking struct {
	Settings map[string]json.RawMessage `json:"settings"`
	OnCall   []number                   `json:"onCall"`
	Basics   []string                   `json:"basics"` // who has read the training cards, by slug
}

type number struct {
	Slug  string `json:"slug"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

type attribution struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// place has two fields that stay here: Origin says where it was found, Located
// how its coordinates were.
type place struct {
	Slug     string   `json:"slug"`
	Name     string   `json:"name"`
	Address  string   `json:"address"`
	Postcode string   `json:"postcode"`
	Lat      float64  `json:"lat"`
	Lon      float64  `json:"lon"`
	Kind     string   `json:"kind"`
	Access   []string `json:"access"`
	Origin   string   `json:"origin"`
	Located  string   `json:"located"`
}

type organisation struct {
	Slug        string `json:"slug"`
	Name        string `json:"name"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Email       string `json:"email"`
	Phone       string `json:"phone"`
}

// shop is an invented business that takes part.
type shop struct {
	Slug          string       `json:"slug"`
	Name          string       `json:"name"`
	Place         string       `json:"place"`
	Perk          string       `json:"perk"`
	Chatty        string       `json:"chatty"`
	Hours         ledger.Hours `json:"hours"`
	Plain         bool         `json:"plain"` // a visit there shows as a plain local visit
	JoinedDaysAgo int          `json:"joinedDaysAgo"`
}

// reward is what a card's stamps are good for.
type reward struct {
	Slug   string         `json:"slug"`
	Title  string         `json:"title"`
	Text   string         `json:"text"`
	Stamps int            `json:"stamps"`
	Pence  int            `json:"pence"`
	Shops  []ledger.Share `json:"shops"` // who takes it, by slug, and what part of it they pay for
	Ended  bool           `json:"ended"`
}

// person is a demo member. Everybody is a resident; Roles are those beyond.
type person struct {
	Slug      string   `json:"slug"`
	FirstName string   `json:"firstName"`
	Roles     []string `json:"roles"`
	Shop      string   `json:"shop"` // of an owner, or of staff
	Hosts     []string `json:"hosts"`
	NoPhone   bool     `json:"noPhone"`
	Helper    string   `json:"helper"` // who acts for them, as they agreed
}

// listing refers to the rest of the town, and to its twin, by slug.
type listing struct {
	Slug           string      `json:"slug"`
	Kind           string      `json:"kind"`
	Title          string      `json:"title"`
	Summary        string      `json:"summary"`
	Description    []string    `json:"description"` // paragraphs
	Organisation   string      `json:"organisation"`
	Place          string      `json:"place"` // empty: at home, by phone, or anywhere
	Room           string      `json:"room"`
	Schedule       []rhythm    `json:"schedule"`
	Prices         *prices     `json:"prices"`
	Access         []string    `json:"access"`
	Venue          string      `json:"venue"`
	Languages      []string    `json:"languages"`
	WhoComes       string      `json:"whoComes"`
	FirstVisit     *firstVisit `json:"firstVisit"`
	Contact        contact     `json:"contact"`
	CheckedDaysAgo int         `json:"checkedDaysAgo"` // before the seeding day
	Status         string      `json:"status"`
	Twin           string      `json:"twin"`
}

type prices struct {
	Mode      string   `json:"mode"`
	Amounts   []amount `json:"amounts"`
	FirstFree bool     `json:"firstFree"`
	Why       string   `json:"why"`
}

type amount struct {
	Pence int    `json:"pence"`
	Who   string `json:"who"`
}

type firstVisit struct {
	Meets        string `json:"meets"`
	Happens      string `json:"happens"`
	LeaveEarly   bool   `json:"leaveEarly"`
	BringSomeone bool   `json:"bringSomeone"`
	ComeAndLook  bool   `json:"comeAndLook"`
	WalkWithMe   bool   `json:"walkWithMe"`
}

type contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
	URL   string `json:"url"`
}

// readTown reads the embedded files. A field that is not known is an error, so
// that a slip of the pen is found before a visitor misses something.
func readTown() (*town, error) {
	t := &town{}
	for name, into := range map[string]any{
		"community.json": &t.community, "care.json": &t.looking, "places.json": &t.places,
		"organisations.json": &t.organisations, "shops.json": &t.shops, "rewards.json": &t.rewards, "people.json": &t.people,
		"told.json": &t.told,
	} {
		if err := readFile(name, into); err != nil {
			return nil, err
		}
	}
	names, err := fs.Glob(files, "town/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var more []listing
		if err := readFile(name, &more); err != nil {
			return nil, err
		}
		t.listings = append(t.listings, more...)
	}
	return t, nil
}

func readFile(name string, into any) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("seed: %s: %w", name, err)
	}
	return nil
}
