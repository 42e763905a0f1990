package hooks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/registers"
	"kith/internal/sync"
)

// london is a time of day there.
func atLondon(t testing.TB, local string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	must(t, err)
	at, err := time.ParseInLocation("2006-01-02T15:04", local, zone)
	must(t, err)
	return at
}

// missing is a group with somebody who was there once, and their buddy.
type missing struct {
	*town
	listing, nell, pairing string
	newcomer, buddy        *phone
	keys                   []string
}

// missingFrom has a group of a schedule, whose register says of each of its days what
// happened: here, away, excused, none or nothing; with "open " before it, where nobody
// has said that this was everybody.
func (w *town) missingFrom(newcomer, buddy *phone, schedule string, days ...string) *missing {
	m := &missing{town: w, newcomer: newcomer, buddy: buddy}
	m.listing = w.make("listings", map[string]any{"kind": "group", "title": "Lunch club", "status": "active", "schedule": schedule}).Id
	m.nell = w.make("regulars", map[string]any{"listing": m.listing, "firstName": "Nell", "member": newcomer.member}).Id
	for _, day := range days {
		key, says, _ := strings.Cut(day, " ")
		m.keys = append(m.keys, key)
		m.says(key, says)
	}
	offer := w.make("buddies", map[string]any{"listing": m.listing, "member": buddy.member, "firstName": "Bo", "status": "approved"}).Id
	m.pairing = w.make("pairings", map[string]any{
		"listing": m.listing, "regular": m.nell, "newcomer": newcomer.member, "buddy": offer, "buddyMember": buddy.member, "newcomerName": "Nell",
		"status": "open", "opened": "2026-01-01T00:00:00.000Z",
	}).Id
	return m
}

// says has a day's register say something, once more or for the first time.
func (m *missing) says(key, what string) {
	state, mark := "taken", what
	if rest, is := strings.CutPrefix(what, "open "); is {
		state, mark = "open", rest
	}
	put := func(collection, id string, values map[string]any) {
		if _, err := m.app.FindRecordById(collection, id); err == nil {
			m.set(collection, id, values)
			return
		}
		values["id"] = id
		m.make(collection, values)
	}
	register := sync.DerivedID("register", m.listing, key)
	put("registers", register, map[string]any{"listing": m.listing, "occurrence": key, "state": state})
	if mark != "nothing" {
		put("marks", sync.DerivedID("mark", register, m.nell), map[string]any{"register": register, "listing": m.listing, "regular": m.nell, "occurrence": key, "state": mark})
	}
}

const thursdays = `[{"start":"2026-01-01T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH"%s}]`

// Ensure that the missed-visit rule is right in each case that a group's life brings: who
// is rung, by whom and of which day.
func TestMissed_Cases(t *testing.T) {
	w := newTown(t)
	plain := fmt.Sprintf(thursdays, "")
	with := func(more string) string { return fmt.Sprintf(thursdays, more) }
	const first, second, third = "2026-06-04T12:00", "2026-06-11T12:00", "2026-06-18T12:00"
	for name, c := range map[string]struct {
		schedule string
		days     []string
		then     func(*missing)
		now      string
		want     []string // with BUDDY for the buddy
	}{
		"not there the next time":        {plain, []string{first + " here", second + " away"}, nil, "2026-06-11T14:00", []string{second + " due BUDDY"}},
		"nobody ticked them":             {plain, []string{first + " here", second + " nothing"}, nil, "2026-06-11T14:00", []string{second + " due BUDDY"}},
		"before it has ended":            {plain, []string{first + " here", second + " nothing"}, nil, "2026-06-11T13:59", nil},
		"the register wasn't taken":      {plain, []string{first + " here", second + " open away"}, nil, "2026-06-11T16:00", nil},
		"there is no register":           {plain, []string{first + " here"}, nil, "2026-06-25T16:00", nil},
		"they are excused":               {plain, []string{first + " here", second + " excused"}, nil, "2026-06-11T16:00", nil},
		"there, and there":               {plain, []string{first + " here", second + " here"}, nil, "2026-06-11T16:00", nil},
		"never there":                    {plain, []string{first + " away", second + " away"}, nil, "2026-06-11T16:00", nil},
		"their visit was called off":     {plain, []string{first + " here", second + " away"}, func(m *missing) { m.calledOff(second) }, "2026-06-11T16:00", nil},
		"called off, and then missing":   {plain, []string{first + " here", second + " away", third + " away"}, func(m *missing) { m.calledOff(second) }, "2026-06-18T16:00", []string{third + " due BUDDY"}},
		"cancelled":                      {with(`,"changes":[{"from":"` + second + `","cancelled":true}]`), []string{first + " here", second + " away"}, nil, "2026-06-11T16:00", nil},
		"a bank holiday":                 {fmt.Sprintf(strings.Replace(thursdays, `"TH"`, `"FR"`, 1), `,"closedOn":["Christmas Day"]`), []string{"2026-12-18T12:00 here", "2026-12-25T12:00 nothing"}, func(m *missing) { m.fridays() }, "2026-12-25T16:00", nil},
		"the week after a bank holiday":  {plain, []string{"2026-12-18T12:00 here", "2026-12-25T12:00 nothing", "2027-01-01T12:00 nothing", "2027-01-08T12:00 away"}, func(m *missing) { m.fridays() }, "2027-01-08T16:00", []string{"2027-01-08T12:00 due BUDDY"}},
		"moved to Saturday, on Thursday": {with(`,"changes":[{"from":"` + second + `","start":"2026-06-13T15:00"}]`), []string{first + " here", second + " away"}, nil, "2026-06-13T16:59", nil},
		"moved to Saturday, after it":    {with(`,"changes":[{"from":"` + second + `","start":"2026-06-13T15:00"}]`), []string{first + " here", second + " away"}, nil, "2026-06-13T17:00", []string{second + " due BUDDY"}},
		"moved past the next":            {with(`,"changes":[{"from":"` + second + `","start":"2026-06-19T12:00"}]`), []string{first + " here", second + " away", third + " here"}, nil, "2026-06-19T16:00", []string{second + " due BUDDY"}},
		"not in the calendar any more":   {`[{"start":"2026-01-02T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=FR"}]`, []string{first + " here", second + " away"}, nil, "2026-06-11T16:00", nil},
		"at another hour by now":         {strings.Replace(plain, "T12:00", "T12:30", 1), []string{first + " here", second + " away"}, nil, "2026-06-11T14:30", []string{second + " due BUDDY"}},
		"a register ten days late":       {plain, []string{first + " here", second + " away"}, nil, "2026-06-21T16:00", []string{second + " due BUDDY"}},
		"a register three weeks late":    {plain, []string{first + " here", second + " away"}, nil, "2026-07-02T16:00", nil},
		"late: they had been there":      {plain, []string{first + " here", third + " away"}, func(m *missing) { m.ruled("2026-06-18T16:00"); m.says(second, "here") }, "2026-06-19T09:00", []string{third + " due BUDDY"}},
		"late: they had missed it, too":  {plain, []string{first + " here", third + " away"}, func(m *missing) { m.ruled("2026-06-18T16:00"); m.says(second, "away") }, "2026-06-19T09:00", []string{third + " due BUDDY"}},
		"corrected: they were there":     {plain, []string{first + " here", second + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00"); m.says(second, "here") }, "2026-06-11T17:00", []string{second + " void BUDDY"}},
		"corrected twice": {plain, []string{first + " here", second + " away"}, func(m *missing) {
			m.ruled("2026-06-11T16:00")
			m.says(second, "here")
			m.ruled("2026-06-11T17:00")
			m.says(second, "away")
		}, "2026-06-11T18:00", []string{second + " due BUDDY"}},
		"opened again": {plain, []string{first + " here", second + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00"); m.says(second, "open away") }, "2026-06-11T17:00", []string{second + " void BUDDY"}},
		"cancelled when it was over": {plain, []string{first + " here", second + " away"}, func(m *missing) {
			m.ruled("2026-06-11T16:00")
			m.set("listings", m.listing, map[string]any{"schedule": with(`,"changes":[{"from":"` + second + `","cancelled":true}]`)})
		}, "2026-06-11T17:00", []string{second + " void BUDDY"}},
		"called off when it was over": {plain, []string{first + " here", second + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00"); m.calledOff(second) }, "2026-06-11T17:00", []string{second + " void BUDDY"}},
		"due for a week":              {plain, []string{first + " here", second + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00") }, "2026-06-18T23:59", []string{second + " due BUDDY"}},
		"due for more than a week":    {plain, []string{first + " here", second + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00") }, "2026-06-19T00:00", []string{second + " void BUDDY"}},
		"missed twice, and one waits": {plain, []string{first + " here", second + " away", third + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00") }, "2026-06-18T16:00", []string{second + " due BUDDY"}},
		"no answer, and missed again": {plain, []string{first + " here", second + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00"); m.unanswered(second); m.says(third, "away") }, "2026-06-18T16:00", []string{second + " done BUDDY", third + " due BUDDY"}},
		"no answer twice": {plain, []string{first + " here", second + " away"}, func(m *missing) {
			m.ruled("2026-06-11T16:00")
			m.unanswered(second)
			m.says(third, "away")
			m.ruled("2026-06-18T16:00")
			m.unanswered(third)
		}, "2026-06-18T17:00", []string{second + " done BUDDY", third + " done BUDDY hosts"}},
		"the buddy takes part no more":   {plain, []string{first + " here", second + " away"}, func(m *missing) { m.offer("ended") }, "2026-06-11T16:00", []string{second + " due  hosts"}},
		"the buddy stops while it waits": {plain, []string{first + " here", second + " away"}, func(m *missing) { m.ruled("2026-06-11T16:00"); m.offer("ended") }, "2026-06-11T17:00", []string{second + " due  hosts"}},
		"the pairing has ended":          {plain, []string{first + " here", second + " away"}, func(m *missing) { m.set("pairings", m.pairing, map[string]any{"status": "noThanks"}) }, "2026-06-11T16:00", nil},
		"it was made too late":           {plain, []string{first + " here", second + " away"}, func(m *missing) { m.set("pairings", m.pairing, map[string]any{"opened": "2026-06-11T11:00:00.001Z"}) }, "2026-06-11T16:00", nil},
		"it was made in time":            {plain, []string{first + " here", second + " away"}, func(m *missing) { m.set("pairings", m.pairing, map[string]any{"opened": "2026-06-11T11:00:00.000Z"}) }, "2026-06-11T16:00", []string{second + " due BUDDY"}},
		"they come no more":              {plain, []string{first + " here", second + " away"}, func(m *missing) { m.set("regulars", m.nell, map[string]any{"ended": true}) }, "2026-06-11T16:00", nil},
		"no account, and missing": {plain, []string{first + " here", second + " away"}, func(m *missing) {
			m.set("pairings", m.pairing, map[string]any{"newcomer": ""})
			m.set("regulars", m.nell, map[string]any{"member": ""})
		}, "2026-06-11T16:00", []string{second + " due BUDDY"}},
		"known by their visit alone": {plain, []string{first + " here", second + " away"}, func(m *missing) {
			m.set("pairings", m.pairing, map[string]any{"newcomer": "", "regular": "", "visit": "v"})
			m.set("regulars", m.nell, map[string]any{"visit": "v"})
		}, "2026-06-11T16:00", []string{second + " due BUDDY"}},
		"winter time begins: not yet":    {sundays, []string{"2026-10-18T11:00 here", "2026-10-25T11:00 away"}, nil, "2026-10-25T12:59", nil},
		"winter time begins: now":        {sundays, []string{"2026-10-18T11:00 here", "2026-10-25T11:00 away"}, nil, "2026-10-25T13:00", []string{"2026-10-25T11:00 due BUDDY"}},
		"summer time begins: not yet":    {sundays, []string{"2026-03-22T11:00 here", "2026-03-29T11:00 away"}, nil, "2026-03-29T12:59", nil},
		"summer time begins: now":        {sundays, []string{"2026-03-22T11:00 here", "2026-03-29T11:00 away"}, nil, "2026-03-29T13:00", []string{"2026-03-29T11:00 due BUDDY"}},
		"at an hour that isn't: not yet": {nights, []string{"2026-03-22T01:30 here", "2026-03-29T01:30 away"}, nil, "2026-03-29T04:29", nil},
		"at an hour that isn't: now":     {nights, []string{"2026-03-22T01:30 here", "2026-03-29T01:30 away"}, nil, "2026-03-29T04:30", []string{"2026-03-29T01:30 due BUDDY"}},
	} {
		m := w.missingFrom(w.person("Nell"), w.person("Bo"), c.schedule, c.days...)
		if c.then != nil {
			c.then(m)
		}
		m.ruled(c.now)
		m.ruled(c.now) // nothing twice
		var want []string
		for _, line := range c.want {
			want = append(want, strings.ReplaceAll(line, "BUDDY", m.buddy.member))
		}
		if got := w.calls(m.listing); !slices.Equal(got, want) {
			t.Errorf("%s: calls are %q, not %q", name, got, want)
		}
		m.toldOnce(name)
		w.exec("UPDATE pairings SET status = 'ended' WHERE status = 'open'") // the next one's is the only one
	}
}

const (
	sundays = `[{"start":"2026-01-04T11:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=SU"}]`
	nights  = `[{"start":"2026-01-04T01:30","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=SU"}]`
)

// person is somebody who takes part; no phone of theirs is needed.
func (w *town) person(name string) *phone {
	w.t.Helper()
	return &phone{town: w, member: w.make("members", map[string]any{"firstName": name, "standing": "active"}).Id}
}

func (m *missing) ruled(now string) {
	m.t.Helper()
	must(m.t, registers.Missed(m.app, atLondon(m.t, now)))
}

func (m *missing) calledOff(occurrence string) {
	m.make("visits", map[string]any{"listing": m.listing, "member": m.newcomer.member, "occurrence": occurrence, "welcome": "none", "status": "cancelled"})
}

func (m *missing) offer(status string) {
	m.exec("UPDATE buddies SET status = '" + status + "' WHERE listing = '" + m.listing + "'")
}

// fridays are days off on the holidays that fall on them.
func (m *missing) fridays() {
	m.set("listings", m.listing, map[string]any{
		"schedule": `[{"start":"2026-01-02T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=FR","closedOn":["*"]}]`,
	})
}

func (m *missing) unanswered(occurrence string) {
	m.set("calls", sync.DerivedID("call", m.pairing, occurrence), map[string]any{"state": "done", "outcome": "noAnswer"})
}

// toldOnce checks that whoever is asked to ring is told so, and nobody else; and that
// nobody is told any more of what isn't due.
func (m *missing) toldOnce(name string) {
	m.t.Helper()
	var want []string
	calls, err := m.app.FindAllRecords("calls", dbx.HashExp{"listing": m.listing})
	must(m.t, err)
	for _, c := range calls {
		if line := askedBy(c); line != "" {
			want = append(want, line)
		}
	}
	slices.Sort(want)
	if got := m.tellings(); !slices.Equal(got, want) {
		m.t.Errorf("%s: told are %q, not %q", name, got, want)
	}
}

// askedBy is whom a call asks, as a telling says it.
func askedBy(c *core.Record) string {
	switch hosts := "call.unanswered host/" + c.GetString("listing") + " " + c.Id; {
	case c.GetBool("toHosts"):
		return hosts
	case c.GetString("state") == "due":
		return "call.due member/" + c.GetString("member") + " " + c.Id
	}
	return ""
}

// Ensure that nobody is rung who isn't one of the community any more, and that the hosts
// are asked where the buddy isn't.
func TestMissed_WhoIsGone(t *testing.T) {
	w := newTown(t)
	for _, standing := range []string{"left", "moved", "suspended"} {
		for _, gone := range []string{"newcomer", "buddy"} {
			m := w.missingFrom(w.person("Nell"), w.person("Bo"), fmt.Sprintf(thursdays, ""), "2026-06-04T12:00 here", "2026-06-11T12:00 away")
			w.set("members", map[string]string{"newcomer": m.newcomer.member, "buddy": m.buddy.member}[gone], map[string]any{"standing": standing})
			m.ruled("2026-06-11T16:00")
			want := map[string][]string{"buddy": {"2026-06-11T12:00 due  hosts"}}[gone]
			if got := w.calls(m.listing); !slices.Equal(got, want) {
				t.Errorf("the %s is %s: calls are %q, not %q", gone, standing, got, want)
			}
		}
	}
}
