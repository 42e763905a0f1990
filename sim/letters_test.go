package sim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/concern"
	"kith/internal/seal"
	"kith/sim/device"
)

// What people pass on because they are worried about somebody: letters, sealed on
// the phone the moment they are saved, in a queue of the phone and not of the
// person, brought by whoever is there (docs/protocol.md, the letterbox). What must
// hold of them is 25.

// worry is one concern that somebody wrote.
type worry struct {
	id, secret string
	by, device string
	lead       bool
	last       string // what its letter was last told
	back       string // and the one that takes it back; empty: nobody wants it back
	gone       bool   // the server has taken it back, whether or not anybody heard so
}

// posted is one letter in a phone's queue.
type posted struct {
	w        *worry
	takeBack bool
	text     string
	epoch    string // in which it was taken in or refused for good; empty: it waits
	at       time.Time
}

// write saves a concern on a phone: sealed, and nothing of it left to read.
func (w *world) write(p *phone) {
	if !w.mayRaise(p.member) && w.chance(2) { // mostly by who may
		p = w.phoneThat(p, func(p *phone) bool { return w.mayRaise(p.member) })
	}
	if p.member == "" || len(p.post) > 8 {
		return
	}
	secret := w.fresh()
	one := &worry{id: w.freshID("worry"), secret: secret, by: p.member, device: w.town.device[p.token]}
	c := concern.Concern{
		V: 1, Asked: concern.NotYet, Noticed: []string{"missed"}, Since: "weeks", Words: "Not in for two weeks.",
		By: concern.By{Member: p.member, Device: one.device, FirstName: "Ada"}, At: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	switch w.rng.IntN(4) {
	case 0:
		c.Asked, c.Person = concern.Agreed, &concern.Person{Name: "Joan", Reach: "the shop", Best: "mornings"}
	case 1:
		one.lead = true
		c.Person, c.Override = &concern.Person{Name: "Joan"}, &concern.Override{Ground: "seriousRisk", Why: "She said that she would."}
	}
	says := concern.Says{Kind: concern.KindConcern, ID: one.id, Urgency: pick(w, []string{"normal", "urgent"}), Area: "Nunhead", Hour: concern.HourOf(time.Now()), Receipt: concern.ReceiptOf(secret)}
	envelope, err := concern.Seal(w.town.bundle.Intake, w.town.bundle.Recovery, says.Facts(), mustJSON(c))
	if err != nil {
		w.fail("%v", err)
	}
	says.Sealed = base64.RawURLEncoding.EncodeToString(envelope)
	w.post(p, one, says, false)
	w.count("letters: written")
}

// takeBack is the person who wrote it thinking better of it, whether or not it went.
func (w *world) takeBack(p *phone) {
	p = w.phoneThat(p, func(p *phone) bool { return len(p.post) > 0 })
	for _, l := range p.post {
		if l.w.back == "" && l.w.by == p.member {
			l.w.back = "waits"
			w.post(p, l.w, concern.Says{Kind: concern.KindWithdraw, ID: l.w.id, Receipt: l.w.secret}, true)
			w.count("letters: taken back")
			return
		}
	}
}

func (w *world) post(p *phone, one *worry, says concern.Says, back bool) {
	p.post = append(p.post, &posted{w: one, takeBack: back, text: w.sealLetter(p, says)})
	w.note("%s seals a letter about %s, back %v", p.name, one.id, back)
}

// sealLetter is a letter as it travels.
func (w *world) sealLetter(p *phone, says concern.Says) string {
	tab := p.tabs[0]
	tab.Proves = true
	plain := mustJSON(map[string]any{"token": p.token, "proof": w.proof(p, tab, "/api/concerns"), "letter": says})
	key, err := seal.Read(keysOf(w.s.dir))
	if err != nil {
		w.fail("%v", err)
	}
	blob, err := seal.SealFor(concern.InfoLetter, key.Public(), concern.Pad(plain, concern.LetterStep))
	if err != nil {
		w.fail("%v", err)
	}
	return base64.RawURLEncoding.EncodeToString(blob)
}

// waiting are a phone's letters that are still to be brought: what was taken in
// under another epoch than the one it has heard of is to be brought again.
func (w *world) waiting(p *phone) (some []*posted) {
	p.heard = max(p.heard, p.disk.Seen) // an epoch is heard of at either door
	for _, l := range p.post {
		if l.epoch != "" && p.heard != "" && l.epoch != p.heard && time.Since(l.at) < 14*24*time.Hour {
			l.epoch = ""
			w.count("letters: again, under a new epoch")
		}
		if l.epoch == "" {
			some = append(some, l)
		}
	}
	return some
}

// bringLetters is a phone with a signal; who holds it doesn't matter.
func (w *world) bringLetters(p *phone, faults bool) {
	if faults {
		p = w.phoneThat(p, func(p *phone) bool { return len(p.post) > 0 })
	}
	some := w.waiting(p)
	if len(some) == 0 {
		return
	}
	w.rng.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	some = some[:min(len(some), 1+w.rng.IntN(4))]
	if slices.ContainsFunc(w.phones, func(p *phone) bool { return p.live != nil && w.in(p.member, "responders") }) {
		some = some[:1] // each is a commit of its own, and whoever listens may be told of any of them
	}
	if faults && w.chance(6) {
		w.count("letters: requests lost")
		return
	}
	if faults && w.chance(10) {
		w.slow = append(w.slow, some...)
		w.count("letters: requests that came late")
		return
	}
	epoch, outcomes := w.bringThem(some)
	if faults && w.chance(6) {
		w.count("letters: requests doubled")
		epoch, outcomes = w.bringThem(some)
	}
	if outcomes == nil || faults && w.chance(6) {
		w.count("letters: answers lost")
		return
	}
	p.heard = epoch
	for i, o := range outcomes {
		if w.told(some[i], epoch, o); o.Code == "too_many" && !faults {
			time.Sleep(time.Hour) // and then it goes
		}
	}
}

// slowLetters brings what the network held back, and nobody hears of it.
func (w *world) slowLetters() {
	if len(w.slow) > 0 {
		w.bringThem(w.slow[:1])
		w.slow = w.slow[1:]
	}
}

type letterOutcome struct{ Outcome, Code string }

// told is what a phone does with an outcome: it keeps a letter that is later.
func (w *world) told(l *posted, epoch string, o letterOutcome) {
	said := strings.TrimSpace(o.Outcome + " " + o.Code)
	if l.takeBack {
		l.w.back = said
	} else {
		l.w.last = said
	}
	if o.Outcome != "later" {
		l.epoch, l.at = epoch, time.Now()
	}
}

// bringThem is the request: no token, and nothing that says who. Each outcome must
// be so by the tables, at once (25).
func (w *world) bringThem(some []*posted) (epoch string, outcomes []letterOutcome) {
	texts := []string{}
	for _, l := range some {
		texts = append(texts, l.text)
	}
	queues, before := w.queues(), w.o.now
	status, raw := w.s.ask("POST", "/api/concerns", mustJSON(map[string]any{"letters": texts}), "", "")
	w.observe()
	if status == 429 || status == 503 {
		w.count("letters: refused")
		time.Sleep(time.Minute)
		return "", nil
	}
	var a struct {
		Epoch    string
		Outcomes []letterOutcome
	}
	if json.Unmarshal(raw, &a) != nil || status != 200 || len(a.Outcomes) != len(some) || a.Epoch != w.epoch {
		w.fail("E2: letters -> %d %s", status, raw)
	}
	for i, l := range some {
		w.note("letter about %s, back %v -> %v", l.w.id, l.takeBack, a.Outcomes[i])
		w.count(strings.Join(strings.Fields(fmt.Sprintf("letters: %s %s %s", a.Outcomes[i].Outcome, a.Outcomes[i].Code, map[bool]string{true: "(taken back)"}[l.takeBack])), " "))
		if was := before.rows[device.Key{Coll: "concerns", ID: l.w.id}]; l.takeBack && a.Outcomes[i].Outcome == "ok" && was != nil && was.col["picked"] != "" {
			w.fail("25: %s was picked up, and was taken back all the same", l.w.id)
		}
		w.checkLetter(l, a.Outcomes[i], i == len(some)-1)
	}
	if now := w.queues(); now != queues {
		w.fail("25: who brings a letter is written down: %s, and before %s", now, queues)
	}
	return a.Epoch, a.Outcomes
}

// queues is what the tables say of who sent what; a letter changes nothing in it.
func (w *world) queues() (all string) {
	err := w.db().QueryRow(`SELECT (SELECT count(*) FROM sync_command) || ' ' || (SELECT count(*) FROM sync_number) || ' ' || (SELECT count(*) FROM sync_attempt) || ' ' ||
		(SELECT coalesce(group_concat(id || last || acked || pending || at), '') FROM sync_stream) || ' ' || (SELECT group_concat(seen) FROM devices)`).Scan(&all)
	if err != nil {
		w.fail("%v", err)
	}
	return all
}

// checkLetter holds an outcome against the tables. last: no letter of the same
// request came after it.
func (w *world) checkLetter(l *posted, o letterOutcome, last bool) {
	f := w.o.now.rows[device.Key{Coll: "concerns", ID: l.w.id}]
	switch {
	case o.Code == "concern_unknown" || o.Code == "letter_invalid" || o.Code == "by_wrong":
		w.fail("25: the letter about %s is sound, and was told %v", l.w.id, o)
	case o.Outcome == "ok" || o.Outcome == "merged":
		l.w.gone = l.w.gone || l.takeBack
		if f == nil {
			w.fail("25: the letter about %s was taken in, and is nowhere", l.w.id)
		}
		if last && l.takeBack && f.col["state"] != "withdrawn" {
			w.fail("25: %s was taken back, and is %s", l.w.id, f.col["state"])
		}
		if f.col["state"] != "withdrawn" && yes(f.col["lead"]) != l.w.lead {
			w.fail("25: %s is for the lead alone: %v, and should be %v", l.w.id, f.col["lead"], l.w.lead)
		}
		if o.Outcome == "ok" && !l.takeBack && !w.mayRaise(l.w.by) {
			w.fail("25: %s is by %s, who has no role for it", l.w.id, l.w.by)
		}
	case o.Code == "picked_up":
		if f == nil || f.col["state"] == "withdrawn" || f.col["state"] == "new" && f.col["picked"] == "" {
			w.fail("25: %s was not to be taken back, and nobody had picked it up: %+v", l.w.id, f)
		}
	}
	w.checkUnnamed(l.w)
}

// phoneThat is one of those that are so, or p if none is.
func (w *world) phoneThat(p *phone, is func(*phone) bool) *phone {
	var some []*phone
	for _, q := range w.phones {
		if is(q) {
			some = append(some, q)
		}
	}
	if len(some) == 0 {
		return p
	}
	return pick(w, some)
}

func (w *world) mayRaise(member string) bool {
	for k, f := range w.o.now.rows {
		if k.Coll == "roles" && f.col["member"] == member && slices.Contains([]string{"listener", "activator", "coach", "coordinator"}, f.col["role"]) {
			return true
		}
	}
	return false
}

// checkUnnamed: neither the concern nor the record says who it is from, nor when
// but by the hour; and what was withdrawn is empty.
func (w *world) checkUnnamed(one *worry) {
	rows, err := w.db().Query("SELECT * FROM concerns WHERE id = ?", one.id)
	if err != nil {
		w.fail("%v", err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		w.fail("%v", err)
	}
	for rows.Next() {
		values, at := make([]string, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			w.fail("%v", err)
		}
		row := map[string]string{}
		for i, v := range values {
			if row[columns[i]] = v; columns[i] != "assignee" && (strings.Contains(v, one.by) || strings.Contains(v, one.device)) {
				w.fail("25: %s of concern %s names who sent it", columns[i], one.id)
			}
		}
		if row["state"] == "withdrawn" && row["sealed"]+row["person"]+row["area"] != "" {
			w.fail("25: %s is withdrawn, and still says something: %v", one.id, row)
		}
	}
	var named int
	if err := w.db().QueryRow("SELECT count(*) FROM audit WHERE subject = ? AND action IN ('concerns.arrive', 'concerns.withdraw') AND (actor <> '' OR device <> '' OR at NOT LIKE '%:00:00%')", one.id).Scan(&named); err != nil || named > 0 {
		w.fail("25: the record says who concern %s is from, or when (%v)", one.id, err)
	}
}

// pickUp is a responder who begins with one: from then on it can't be taken back.
// Who looks into one may let go of it again, each in a commit of its own.
func (w *world) pickUp() {
	if w.chance(3) {
		w.raw("concerns released", "UPDATE concerns SET state = 'new', assignee = '' WHERE state = 'assigned'")
		return
	}
	one := ""
	for _, k := range sortedKeys(w.o.now.rows) {
		if k.Coll == "concerns" && w.o.now.rows[k].col["state"] == "new" && (one == "" || w.chance(2)) {
			one = k.ID
		}
	}
	if one == "" {
		return
	}
	w.raw("concerns picked up", fmt.Sprintf("UPDATE concerns SET state = 'assigned', assignee = '%s', picked = '%s' WHERE id = '%s' AND state = 'new'",
		memberID(5), time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), one))
}

// readTheBasics lets everybody, so that nobody's letter waits for that.
func (w *world) readTheBasics() {
	statements := []string{}
	for i := range people {
		statements = append(statements, fmt.Sprintf("INSERT INTO basics (id, member, version, day) SELECT '%s', '%s', 1, '2026-06-01' WHERE NOT EXISTS (SELECT 1 FROM basics WHERE member = '%s')",
			w.freshID("basics"), memberID(i), memberID(i)))
	}
	w.raw("basics read", statements...)
}

// bringAll lets every phone bring what it has, once all is quiet.
func (w *world) bringAll() (busy bool) {
	for _, p := range w.phones {
		if len(w.waiting(p)) > 0 {
			busy = true
			w.bringLetters(p, false)
		}
	}
	return busy
}

// checkLetters: each letter that was saved on a phone which lives ended as one
// concern, or as what is left of one that was withdrawn, unless its person was told
// that it can't be (25).
func (w *world) checkLetters() {
	var twice int
	if err := w.db().QueryRow("SELECT count(*) - count(DISTINCT receipt) FROM concerns").Scan(&twice); err != nil || twice != 0 {
		w.fail("25: %d concerns are there twice (%v)", twice, err)
	}
	for _, p := range w.phones {
		for _, l := range p.post {
			one := l.w
			f := w.o.now.rows[device.Key{Coll: "concerns", ID: one.id}]
			taken := strings.HasPrefix(one.last, "ok") || strings.HasPrefix(one.last, "merged")
			back := strings.HasPrefix(one.back, "ok") || strings.HasPrefix(one.back, "merged")
			switch {
			case l.epoch == "":
				w.fail("25: a letter about %s still lies on %s", one.id, p.name)
			case (taken || back) != (f != nil) && !(f != nil && one.last != ""):
				w.fail("25: %s was told %q and %q, and its concern is %+v", one.id, one.last, one.back, f)
			case back && f.col["state"] != "withdrawn":
				w.fail("25: %s was taken back, and is %s", one.id, f.col["state"])
			case f != nil && f.col["state"] == "withdrawn" && !one.gone:
				w.fail("25: %s is withdrawn, and nobody took it back (%q)", one.id, one.back)
			}
		}
	}
}
