package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/concern"
)

// monday is when every simulated community wakes up.
var monday = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

// town is a migrated database with a few people and listings, built once per
// process; each seed starts on a copy of it.
type town struct {
	dir    string
	shape  string              // of its tables
	tokens map[string][]string // member -> a token per device of theirs
	device map[string]string   // token -> device
	keys   map[string]*ecdsa.PrivateKey
	bundle concern.Bundle // what concerns are sealed to
}

// The people. Each has three devices on file; a phone takes the next one.
var people = []struct {
	name  string
	roles []string
	hosts []string
}{
	{"rosa", nil, nil},
	{"sam", nil, nil},
	{"ines", nil, []string{"listing"}},
	{"ada", []string{"activator"}, nil},
	{"bo", []string{"activator"}, []string{"listing", "draft"}},
	{"cleo", []string{"coordinator"}, nil},
	{"lou", []string{"listener"}, nil},
	{"kit", []string{"coach"}, nil},
}

func id(kind string, n int) string {
	return fmt.Sprintf("%.9s%0*d", kind, 15-len(fmt.Sprintf("%.9s", kind)), n)
}

func memberID(i int) string { return id("member", i) }

const townName = "kith-town"

var buildTown = sync.OnceValues(func() (*town, error) {
	dir, err := os.MkdirTemp(fastDir(), townName)
	scratch = append(scratch, dir, keysOf(dir), concernKeysOf(dir), cardKeysOf(dir))
	return &town{dir: dir, tokens: map[string][]string{}, device: map[string]string{}, keys: map[string]*ecdsa.PrivateKey{}}, err
})

// fastDir is memory where there is some: the simulator proves order, not disks.
func fastDir() string {
	if _, err := os.Stat("/dev/shm"); err == nil {
		return "/dev/shm"
	}
	return ""
}

// needTown returns the fixture, building it in a bubble of its own the first time.
func needTown(t *testing.T) *town {
	t.Helper()
	town, err := buildTown()
	if err != nil {
		t.Fatal(err)
	}
	if len(town.tokens) > 0 {
		return town
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(monday))
		keys, _, err := concern.NewKeys(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := keys.WriteFile(concernKeysOf(town.dir), true); err != nil {
			t.Fatal(err)
		}
		s, err := startServer(town.dir, "epoch1")
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := errors.Join(s.stop(), closeParked(town.dir)); err != nil {
				t.Error(err)
			}
		}()
		if err := town.fill(s); err != nil {
			t.Fatal(err)
		}
	})
	return town
}

func (w *town) fill(s *server) error {
	keys := map[string]*ecdsa.PrivateKey{}
	rows := []row{{"communities", id("community", 1), map[string]any{"name": "Nunhead", "area": "Nunhead", "zone": "Europe/London", "lat": 51.46, "lon": -0.05, "attributions": []any{}}}}
	for i := range 4 {
		rows = append(rows, row{"places", id("place", i), map[string]any{"name": fmt.Sprintf("Hall %d", i), "lat": 51.4 + float64(i)/7, "lon": -0.1, "kind": "hall", "access": []string{"stepFree"}}})
	}
	rows = append(rows, row{"organisations", id("orga", 1), map[string]any{"name": "Friends of the hall"}})
	for i := range 10 {
		rows = append(rows, row{"listings", id("listing", i), listingColumns(i, "active")})
	}
	for i := range 3 {
		rows = append(rows, row{"listings", id("draft", i), listingColumns(i, "draft")})
	}
	for i, p := range people {
		rows = append(rows, row{"members", memberID(i), map[string]any{"firstName": p.name, "created": "2026-05-01T09:00:00.000Z", "standing": "active"}})
		for n, r := range p.roles {
			rows = append(rows, row{"roles", id("role", i*10+n), map[string]any{"member": memberID(i), "role": r}})
		}
		for n, l := range p.hosts {
			rows = append(rows, row{"hosts", id("host", i*10+n), map[string]any{"listing": id(l, 0), "member": memberID(i)}})
		}
		for n := range 3 {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				return err
			}
			keys[id("device", i*10+n)] = key
			rows = append(rows, row{"devices", id("device", i*10+n), map[string]any{
				"member": memberID(i), "name": "Phone", "thumbprint": publicHalf(key).Thumbprint(), "key": publicHalf(key),
				"enrolled": n < 2, "enrolledUntil": "2099-01-01T00:00:00.000Z",
			}})
		}
	}
	for _, i := range []int{3, 4, 5, 6, 7} {
		rows = append(rows, row{"basics", id("basics", i), map[string]any{"member": memberID(i), "version": 1, "day": "2026-05-01"}})
	}
	for i, helper := range []int{3, 4} { // ada acts for rosa, bo for sam
		rows = append(rows, row{"consents", id("consent", i), map[string]any{
			"member": memberID(i), "helper": memberID(helper), "how": "inPerson", "status": "active", "scopes": []string{"visits", "details"},
			"starts": "2026-05-01T09:00:00.000Z", "until": fmt.Sprintf("2026-06-%02dT09:00:00.000Z", 4+20*i),
		}})
	}
	for _, r := range rows {
		if err := s.save(r.collection, r.id, r.values); err != nil {
			return fmt.Errorf("%s/%s: %w", r.collection, r.id, err)
		}
		if r.collection == "devices" {
			d, err := s.app.FindRecordById("devices", r.id)
			if err != nil {
				return err
			}
			token, err := d.NewAuthToken()
			if err != nil {
				return err
			}
			m := d.GetString("member")
			w.tokens[m], w.device[token], w.keys[token] = append(w.tokens[m], token), r.id, keys[r.id]
		}
	}
	c, err := s.app.FindRecordById("communities", id("community", 1))
	if err != nil {
		return err
	}
	if w.bundle, err = concern.ReadBundle(c.GetString("keys")); err != nil {
		return err
	}
	w.shape, err = shapeOf(s.app.ConcurrentDB().(*dbx.DB).DB())
	return err
}

type row struct {
	collection, id string
	values         map[string]any
}

// listingColumns: every Thursday at noon, with a text that makes pages full.
func listingColumns(i int, status string) map[string]any {
	return map[string]any{
		"kind": "group", "title": fmt.Sprintf("Lunch %d", i), "description": strings.Repeat("Soup and company. ", 90), "status": status,
		"organisation": id("orga", 1), "place": id("place", i%4), "checked": "2026-05-20",
		"schedule": []any{map[string]any{"start": "2026-01-01T12:00", "minutes": 90, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;BYDAY=TH"}},
		"prices":   map[string]any{"mode": "free", "amounts": []any{}, "firstFree": false, "why": ""}, "languages": []string{"en"},
	}
}
