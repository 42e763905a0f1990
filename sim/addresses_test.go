package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kith/hooks/circles"
	"kith/sim/device"
)

// A month of circles whose people live somewhere. Every byte that leaves the server is
// read as it leaves, and every phone is searched again and again: where somebody lives
// may be seen by who organises their circle, and beside them by the helper of one turn,
// from six in the evening before to half an hour after its end. When that is, is worked out here from the
// tables, and shares nothing with the server's.

// autumn is a Monday of a month in which the clocks go back.
var autumn = time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)

// Ensure that an address and a door code leave the server for the phones of that turn's
// helper in its window and for no other, and are on no phone after it: not on one that
// heard nothing, was closed, or whose clock was moved.
func TestAddresses_AreSeenByOneHelperInTheirWindow(t *testing.T) {
	begins := func(uint64) time.Time { return autumn }
	plays(t, "addresses", "KITH_ADDRESSES", 1, 1, 950_000, begins, func(w *world, seed uint64) { newStreet(w, seed).pass(31) },
		"addresses held in their window", "addresses over on a phone that heard nothing", "addresses over on a phone that was closed", "addresses taken back",
		"phones set back while closed", "phones set on while closed", "clocks moved while open", "answers that came late", "pages that were not done",
		"turns moved", "homes changed", "helpers taken off", "done: swaps.yes", "done: turns.drop", "canaries on a live connection's phone")
}

// street is the people, their homes and their phones.
type street struct {
	*world
	r        *rand.Rand
	handsets []*handset
	rounds   []*around
}

// around is a circle around somebody.
type around struct {
	id, person string
	slots      []string
	home       int // how often it was said
	closed     bool
}

// handset is a phone of the street.
type handset struct {
	name, member, token string
	dev                 string
	skew                time.Duration
	d                   *device.Device
	closed              time.Time // since when; zero: it is open
	away                int       // for how many steps it finds no signal
	late                *heldBack
	wire                *wire
	live                *device.Live
	looked, fed         int // how much of the wire was searched, and given to the phone
}

// heldBack is an answer that the network keeps for a while.
type heldBack struct {
	ask    *device.Ask
	status int
	answer []byte
}

// The slots of each circle: when, for how long and how often; one begins just after
// midnight.
var dailySlots = []struct {
	start   string
	minutes int
	rule    string
}{{"10:30", 90, "FREQ=DAILY"}, {"00:15", 45, "FREQ=WEEKLY;BYDAY=MO,WE,FR"}, {"18:00", 60, "FREQ=DAILY"}}

func newStreet(w *world, seed uint64) *street {
	s := &street{world: w, r: rand.New(rand.NewPCG(seed, 9))}
	w.phones = nil
	for i := range people {
		for n := range 2 {
			p := &handset{name: fmt.Sprintf("%s%d", people[i].name, n), member: memberID(i), dev: id("device", i*10+n)}
			p.d = device.New(func() time.Time { return time.Now().Add(p.skew) }, w.fresh)
			s.handsets = append(s.handsets, p)
		}
	}
	s.newTokens()
	s.change("consents over", s.s.exec("UPDATE consents SET status = 'ended'")) // who acts for somebody knows where they live
	for i := range 3 {
		c := &around{id: id("circle", i), person: memberID(i)}
		s.rounds = append(s.rounds, c)
		s.says(c.person, "circles.start", map[string]any{"id": c.id, "name": "Around " + people[i].name, "personName": people[i].name, "words": "", "requires": "known"})
		s.moves(c)
		for n, slot := range dailySlots {
			c.slots = append(c.slots, id(fmt.Sprintf("slot%d", i), n))
			s.says(c.person, "slots.add", map[string]any{
				"id": c.slots[n], "circle": c.id, "kind": "walk", "start": "home", "end": "the salon", "note": "",
				"schedule": []any{map[string]any{"start": "2026-10-05T" + slot.start, "minutes": slot.minutes, "zone": "Europe/London", "rrule": slot.rule}},
			})
		}
		for m := range people {
			if m != i && (m+i)%4 != 0 {
				s.lets(c, m)
			}
		}
	}
	return s
}

// newTokens gives each phone a token, which lasts for a month.
func (s *street) newTokens() {
	for _, p := range s.handsets {
		d, err := s.s.app.FindRecordById("devices", p.dev)
		if err == nil {
			p.token, err = d.NewAuthToken()
		}
		if err != nil {
			s.fail("%v", err)
		}
		for token, dev := range s.town.device {
			if key := s.town.keys[token]; dev == p.dev && key != nil {
				s.town.keys[p.token] = key
			}
		}
	}
}

// lets puts somebody into a circle.
func (s *street) lets(c *around, m int) {
	values := map[string]any{"circle": c.id, "firstName": people[m].name, "status": "in", "safety": "link", "member": memberID(m), "by": memberID(m), "at": "2026-10-05T09:00:00.000Z"}
	if err := s.s.save("circleHelpers", s.freshID("helper"), values); err != nil {
		s.fail("%v", err)
	}
}

// moves has a circle's person say where they live: each time with other canaries.
func (s *street) moves(c *around) {
	n := slices.Index(s.rounds, c)
	if s.says(c.person, "homes.set", map[string]any{
		"circle": c.id, "address": fmt.Sprintf("%d CANARY%d Street", c.home+1, n), "door": fmt.Sprintf("CANARY%d-%d", n, c.home+1), "ringName": "Joan", "ringPhone": "020 7946 0000",
	}) {
		c.home++
	}
}

// says does something on the first phone of a member that is open, with a signal.
func (s *street) says(member, name string, args map[string]any) bool {
	i := slices.IndexFunc(s.handsets, func(p *handset) bool { return p.member == member && p.closed.IsZero() })
	if i < 0 {
		return false
	}
	p := s.handsets[i]
	s.does(p, name, args)
	for range 30 {
		if s.exchange(p, false); p.d.Queue.Pending() == 0 && !p.d.Staged() {
			return true
		}
	}
	s.fail("%s can't say %s: %+v", p.name, name, p.d.Queue.Entries)
	return false
}

func (s *street) does(p *handset, name string, args map[string]any) {
	p.d.Do(s.fresh(), name, mustJSON(args), p.d.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
}

// pass lets days go by, an hour or so at a time.
func (s *street) pass(days int) {
	end := autumn.AddDate(0, 0, days)
	for s.step = 1; time.Now().Before(end); s.step++ {
		time.Sleep(time.Duration(30+5*s.r.IntN(13)) * time.Minute)
		if s.step%300 == 0 {
			s.newTokens()
		}
		looked := s.r.IntN(8) > 0
		if looked {
			s.job()
		}
		for _, p := range s.handsets {
			s.lives(p)
		}
		s.organise()
		if looked {
			s.mustHold()
		}
		for _, p := range s.handsets {
			s.search(p)
		}
	}
	for _, c := range s.rounds {
		s.closes(c)
	}
	for range 3 { // whatever still waited
		for _, p := range s.handsets {
			s.opens(p)
			p.away = 0
			s.exchange(p, false)
			s.search(p)
		}
	}
	s.nothingIsLeft()
}

// job has the server look at its rotas and addresses, as it does every five minutes.
func (s *street) job() {
	if s.r.IntN(4) == 0 {
		if err := circles.Look(s.s.app, time.Now()); err != nil {
			s.fail("%v", err)
		}
	}
	if err := circles.Addresses(s.s.app, time.Now()); err != nil {
		s.fail("%v", err)
	}
	s.listenAll()
}

// lives is an hour of a phone.
func (s *street) lives(p *handset) {
	if !p.closed.IsZero() {
		if s.r.IntN(6) == 0 {
			s.opens(p)
		}
		return
	}
	for range p.d.EndLeases() {
		s.count("leases over")
	}
	switch s.r.IntN(40) {
	case 0, 1:
		s.hangs(p)
		p.closed, p.late = time.Now(), nil
		return
	case 2:
		p.away = s.r.IntN(48)
	case 3:
		p.skew += time.Duration(s.r.Int64N(int64(20*24*time.Hour))) - 10*24*time.Hour
		s.count("clocks moved while open")
	}
	if s.r.IntN(5) == 0 {
		s.acts(p)
	}
	if p.away > 0 {
		p.away--
		s.hangs(p)
		return
	}
	if s.r.IntN(3) == 0 {
		s.exchange(p, true)
	}
	if p.live == nil && s.r.IntN(4) == 0 {
		s.listens(p)
	}
}

// opens opens a closed phone again, whose clock somebody may have moved: on, or back by
// longer than it was closed.
func (s *street) opens(p *handset) {
	if p.closed.IsZero() {
		return
	}
	switch s.r.IntN(4) {
	case 0:
		p.skew -= time.Since(p.closed) + time.Hour
		s.count("phones set back while closed")
	case 1:
		p.skew += time.Duration(s.r.Int64N(int64(48 * time.Hour)))
		s.count("phones set on while closed")
	}
	p.closed = time.Time{}
	p.d = device.Open(p.d.Disk, p.d)
	s.ended(p, "addresses over on a phone that was closed")
}

// ended lets a phone's timer ring.
func (s *street) ended(p *handset, what string) {
	for _, aud := range p.d.EndLeases() {
		if strings.HasPrefix(aud, "address/") {
			s.count(what)
		}
	}
}

// exchange is a request of a phone, and what comes of it.
func (s *street) exchange(p *handset, faults bool) {
	if p.late != nil && s.r.IntN(3) == 0 {
		s.takes(p, p.late)
		p.late = nil
	}
	size := 1 << 20
	if s.r.IntN(3) == 0 {
		size = 16 << 10
	}
	for range 40 {
		ask := p.d.Ask(100, size)
		status, answer := s.s.ask(ask.Method(), ask.Path, ask.Bytes(), p.token, s.proofOf(p, ask.Path))
		synctest.Wait()
		s.saw(p, answer, true)
		s.listenAll()
		l := &heldBack{ask, status, answer}
		if faults && s.r.IntN(12) == 0 {
			if s.r.IntN(2) == 0 {
				s.count("answers that came late")
				p.late = l
			}
			return
		}
		switch s.takes(p, l) {
		case device.Page:
			s.count("pages that were not done")
		case device.Refused: // it wanted a proof, or one of another time
		default:
			return
		}
	}
}

// proofOf shows that a request comes from this phone, where that was asked for.
func (s *street) proofOf(p *handset, path string) string {
	return s.proof(&phone{token: p.token}, p.d, path)
}

func (s *street) takes(p *handset, l *heldBack) device.Taken {
	for _, c := range slices.Clone(p.d.Queue.Entries) {
		if c.Settled {
			p.d.Dismiss(c.Nonce)
		}
	}
	before := len(p.d.Queue.Journal)
	taken := p.d.Take(l.ask, l.status, l.answer)
	if l.status != 200 && !bytes.Contains(l.answer, []byte(`"code":"proof_`)) {
		s.fail("%s: %d %s", p.name, l.status, l.answer)
	}
	for _, j := range p.d.Queue.Journal[min(before, len(p.d.Queue.Journal)):] {
		s.count("done: " + j.Name)
	}
	if bytes.Contains(l.answer, []byte(`{"drop":"address/`)) {
		s.count("addresses taken back")
	}
	return taken
}

// listens opens a live connection; from then on what it brings is read as it comes.
func (s *street) listens(p *handset) {
	body := p.d.AskLive()
	if body == nil {
		return
	}
	p.wire, p.live, p.looked, p.fed = s.s.open(mustJSON(body), p.token, s.proofOf(p, "/api/sync/live")), p.d.Listen(), 0, 0
	synctest.Wait()
	if p.wire.status != 200 {
		p.d.Refuse(p.wire.unread)
		s.hangs(p)
	}
	s.listenAll()
}

func (s *street) hangs(p *handset) {
	if p.wire != nil {
		p.wire.hangUp()
		synctest.Wait()
	}
	p.wire, p.live = nil, nil
}

// listenAll reads what has come on every live connection.
func (s *street) listenAll() {
	synctest.Wait()
	for _, p := range s.handsets {
		if p.wire == nil {
			continue
		}
		s.saw(p, p.wire.unread[p.looked:], false)
		p.looked = len(p.wire.unread)
		end := bytes.LastIndexByte(p.wire.unread, '\n') + 1
		for _, line := range bytes.Split(p.wire.unread[p.fed:max(end, p.fed)], []byte("\n")) {
			p.live.Line(line)
		}
		p.fed = max(end, p.fed)
		if p.live.Closed || p.wire.over {
			s.hangs(p)
		}
	}
}

var (
	canary     = regexp.MustCompile(`CANARY(\d)`)
	addressAud = regexp.MustCompile(`"row":\["(address/[a-z0-9]+)"`)
)

// saw holds bytes that have left for a phone against who may see them, now.
func (s *street) saw(p *handset, raw []byte, answer bool) {
	for _, m := range canary.FindAllSubmatchIndex(raw, -1) {
		c, line := s.rounds[raw[m[2]]-'0'], raw[max(0, m[0]-300):min(len(raw), m[0]+300)]
		if c.person == p.member {
			continue
		}
		if !s.mayKnow(p.member, c) {
			s.fail("28: %s was told where %s lives: %s", p.name, c.id, line)
		}
		if answer && !bytes.Contains(raw, []byte(`"done":true`)) {
			s.fail("28: %s was given an address on a page that isn't the last: %s", p.name, line)
		}
		if aud := addressAud.FindSubmatch(line); !answer && (aud == nil || p.d.Cursor != "" && p.d.Leases[string(aud[1])] == 0) {
			s.fail("28: %s was given an address whose end it wasn't told: %s", p.name, line)
		}
	}
}

// mayKnow says whether a member has a turn of a circle that is in its window now.
func (s *street) mayKnow(member string, c *around) bool {
	return slices.ContainsFunc(s.turnsOf(member, c), func(t theirTurn) bool { return t.open(time.Now()) })
}

// theirTurn is a turn that somebody has, and when it truly is.
type theirTurn struct {
	id         string
	start, end time.Time
}

func (t *theirTurn) open(now time.Time) bool {
	from := time.Date(t.start.Year(), t.start.Month(), t.start.Day(), 18, 0, 0, 0, londonTime).AddDate(0, 0, -1)
	return !now.Before(from) && now.Before(t.end.Add(30*time.Minute))
}

func (s *street) turnsOf(member string, c *around) (all []theirTurn) {
	rows, err := s.s.app.DB().NewQuery("SELECT t.id, t.occurrence, s.schedule FROM turns t JOIN slots s ON s.id = t.slot JOIN circles c ON c.id = t.circle AND c.status = 'open'" +
		" WHERE t.status = 'taken' AND t.member = '" + member + "' AND t.circle = '" + c.id + "'").Rows()
	if err != nil {
		s.fail("%v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, key, schedule string
		if err := rows.Scan(&id, &key, &schedule); err != nil {
			s.fail("%v", err)
		}
		if t, on := s.when(key, schedule); on {
			t.id = id
			all = append(all, t)
		}
	}
	return all
}

// when reads by hand when an occurrence is, of a schedule with one item.
func (s *street) when(key, schedule string) (t theirTurn, on bool) {
	var items []struct {
		Minutes int
		Changes []struct {
			From, Start string
			Minutes     int
			Cancelled   bool
		}
	}
	if err := json.Unmarshal([]byte(schedule), &items); err != nil || len(items) != 1 {
		s.fail("%v in %s", err, schedule)
	}
	start, minutes := key, items[0].Minutes
	for _, ch := range items[0].Changes {
		if ch.From != key {
			continue
		}
		if ch.Cancelled {
			return t, false
		}
		if ch.Start != "" {
			start = ch.Start
		}
		if ch.Minutes > 0 {
			minutes = ch.Minutes
		}
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", start, londonTime)
	if err != nil {
		s.fail("%v", err)
	}
	return theirTurn{start: at, end: at.Add(time.Duration(minutes) * time.Minute)}, true
}

// search looks through all that a phone holds: an address is on it until its end, and
// then it isn't, whatever the phone has heard since.
func (s *street) search(p *handset) {
	if !p.closed.IsZero() {
		return // it shows nothing, and the moment it is opened it is searched
	}
	s.ended(p, "addresses over on a phone that heard nothing")
	for k, h := range p.d.Rows {
		m := canary.FindSubmatch(h.Data)
		if m == nil || s.rounds[m[1][0]-'0'].person == p.member {
			continue
		}
		var row struct{ Until time.Time }
		if err := json.Unmarshal(h.Data, &row); err != nil || k.Coll != "addresses" {
			s.fail("28: %s holds %v: %s", p.name, k, h.Data)
		}
		if !time.Now().Before(row.Until) {
			s.fail("28: %s holds %v after its end at %v: %s, leases %v", p.name, k, row.Until, h.Data, p.d.Leases)
		}
		if p.live != nil {
			s.count("canaries on a live connection's phone")
		}
	}
	for _, e := range p.d.Queue.Entries {
		if m := canary.FindSubmatch(e.Args); m != nil && s.rounds[m[1][0]-'0'].person != p.member {
			s.fail("28: %s has it in its queue: %s", p.name, e.Args)
		}
	}
}

// mustHold: what was to be kept from others is of use to whom it is for. One phone that
// has a signal asks, and has the address of each turn of its member's whose window is
// open.
func (s *street) mustHold() {
	p := pick(s.world, s.handsets)
	if !p.closed.IsZero() || p.away > 0 {
		return
	}
	p.late = nil
	for range 2 {
		s.exchange(p, false)
	}
	for _, c := range s.rounds {
		for _, t := range s.turnsOf(p.member, c) {
			if !t.open(time.Now()) || c.closed {
				continue
			}
			row, held := p.d.Rows[device.Key{Coll: "addresses", ID: derived("address", t.id)}]
			if !held || !bytes.Contains(row.Data, []byte(fmt.Sprintf("%d CANARY", c.home))) {
				s.fail("28: %s has no address for %s, from %v to %v: %s", p.name, t.id, t.start, t.end, row.Data)
			}
			s.count("addresses held in their window")
		}
	}
}

// nothingIsLeft: once the circles are closed, no table says where anybody lived.
func (s *street) nothingIsLeft() {
	var tables []string
	if err := s.s.app.DB().NewQuery("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").Column(&tables); err != nil {
		s.fail("%v", err)
	}
	for _, table := range tables {
		var columns []string
		if err := s.s.app.DB().NewQuery("SELECT name FROM pragma_table_info('" + table + "')").Column(&columns); err != nil {
			s.fail("%v", err)
		}
		for i := range columns {
			columns[i] = `instr(coalesce("` + columns[i] + `", ''), 'CANARY') > 0`
		}
		var n int
		if err := s.s.app.DB().NewQuery("SELECT count(*) FROM " + table + " WHERE " + strings.Join(columns, " OR ")).Row(&n); err != nil {
			s.fail("%v", err)
		}
		if n > 0 {
			s.fail("28: %d rows of %s say where somebody lived", n, table)
		}
	}
}
