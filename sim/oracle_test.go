package sim

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"kith/sim/device"
)

// The oracle says who should hold what, from the tables and from docs/protocol.md,
// section 7, alone: nothing here comes from internal/sync. A change of the
// audiences must be made twice, there and here.

// columns of each collection that leave the server: name and kind (text, number, yes-or-no, json).
var columns = map[string]string{
	"communities":   "name:t area:t zone:t lat:n lon:n definition:t attributions:j demo:b keys:t care:j cardKeys:j scheme:j push:j",
	"places":        "name:t address:t postcode:t lat:n lon:n kind:t access:j",
	"organisations": "name:t description:t url:t email:t phone:t",
	"listings": "kind:t title:t summary:t description:t organisation:t place:t room:t schedule:j prices:j access:j venue:t languages:j " +
		"whoComes:t firstVisit:j contact:j checked:t status:t source:t sourceUrl:t twin:t",
	"members":        "firstName:t created:t standing:t noPhone:b hasEmail:b",
	"roles":          "member:t role:t shop:t",
	"shops":          "name:t place:t status:t perk:t chatty:t joined:t hours:j plain:b",
	"invites":        "role:t shop:t usesLeft:n uses:n expires:t created:t by:t note:t ended:b circle:t listing:t",
	"recoveries":     "member:t kind:t status:t openedBy:t confirmedBy:t expires:t created:t firstName:t",
	"devices":        "member:t name:t revoked:b created:t seen:t pending:b match:t wipe:b enrolled:b shop:t",
	"consents":       "member:t helper:t how:t scopes:j starts:t until:t status:t recordedBy:t witness:t endedBy:t endedAt:t",
	"acts":           "consent:t member:t helper:t command:t at:t",
	"vouches":        "member:t kind:t seenOn:t by:t note:t",
	"blocks":         "member:t blocked:t about:t",
	"reports":        "by:t about:t kind:t text:t contact:t status:t outcome:t created:t due:t closed:t",
	"reportSubjects": "about:t",
	"hosts":          "listing:t firstName:t",
	"visits":         "listing:t occurrence:t firstName:t welcome:t say:t regular:t status:t interests:j first:b",
	"regulars":       "listing:t firstName:t since:t ended:b",
	"registers":      "listing:t occurrence:t state:t heads:n at:t",
	"marks":          "register:t listing:t regular:t state:t first:b welcomed:b introduced:t",
	"basics":         "member:t version:n day:t",
	"helplines":      "topic:t name:t phone:t text:t hours:t url:t area:t checked:t order:n",
	"onCall":         "name:t phone:t order:n",

	"concernNotes":   "concern:t by:t kind:t hour:t",
	"breakGlasses":   "concern:t by:t at:t seen:b",
	"concernFigures": "quarter:t area:t measure:t shown:t",
	"surgeryNotes":   "received:t state:t",
	"concerns":       "urgency:t area:t received:t state:t assignee:t picked:t closedOn:t outcome:t link:t lead:b escalated:n",

	"buddies":         "listing:t firstName:t status:t interests:j",
	"pairings":        "listing:t regular:t visit:t buddy:t buddyName:t newcomerName:t status:t since:t occurrence:t welcome:t interests:j",
	"pairingContacts": "phone:t",
	"calls":           "pairing:t listing:t occurrence:t firstName:t state:t outcome:t due:t toHosts:b",
	"hostCards":       "firstName:t text:t listings:j shown:b",
	"returnFigures":   "listing:t of:t value:t period:t measure:t shown:t",

	"accounts":    "member:t onlineUntil:t stamps:n held:n",
	"cards":       "account:t by:t kind:t packed:t code:t status:t issued:n expires:n",
	"tills":       "shop:t device:t name:t key:t token:t opened:t ended:t expires:n",
	"stamps":      "shop:t day:t act:t state:t codes:j counted:n",
	"reviews":     "shop:t till:t at:t act:t state:t codes:j",
	"rewards":     "title:t text:t status:t plainText:t stamps:n pence:n shops:j",
	"vouchers":    "reward:t packed:t status:t issued:n expires:n pence:n stamps:n offline:b printed:b",
	"revocations": "token:t seq:n",
	"shopWeeks":   "shop:t week:t kind:t visits:t firstVisits:t redeemed:t",
	"settlements": "month:t payer:t payee:t reward:t pence:n count:n",
	"patterns":    "week:t shop:t till:t kind:t shown:t seen:b",

	"notices":       "template:t ref:t at:t read:b about:t",
	"noticeChoices": "zone:t quietFrom:t quietUntil:t digestAt:t loyalty:t notice:t task:t account:t email:b",
	"registrations": "day:t",
	"deliveries":    "channel:t category:t reason:t day:t",
}

// hidden columns that the oracle needs to say who sees what.
var hidden = map[string]string{
	"hosts": "member", "visits": "member", "concernNotes": "lead", "cards": "member", "stamps": "member", "vouchers": "member, by", "regulars": "same",
	"buddies": "member", "pairings": "newcomer, buddyMember", "pairingContacts": "member, buddyMember", "calls": "member",
	"notices": "member", "registrations": "member", "deliveries": "state",
}

// audiences of a row: protocol.md, the first table of section 7.
func audiences(coll, id string, col map[string]string) []string {
	switch coll {
	case "communities", "places", "organisations", "helplines", "rewards":
		return []string{"public"}
	case "listings":
		if col["status"] == "draft" {
			return []string{"activators"}
		}
		return []string{"public"}
	case "basics":
		return []string{"coordinators", "member/" + col["member"]}
	case "regulars":
		if col["same"] != "" {
			return nil
		}
		return []string{"host/" + col["listing"]}
	case "registers", "marks":
		return []string{"host/" + col["listing"]}
	case "hosts":
		return []string{"host/" + col["listing"], "member/" + col["member"]}
	case "onCall":
		return []string{"responders"}
	case "concernNotes":
		if yes(col["lead"]) {
			return []string{"coordinators"}
		}
		return []string{"coordinators", "responders"}
	case "breakGlasses", "concernFigures":
		return []string{"coordinators"}
	case "surgeryNotes":
		return []string{"surgery"}
	case "concerns":
		switch {
		case col["state"] == "withdrawn" || col["received"] == "":
			return nil
		case yes(col["lead"]):
			return []string{"coordinators"}
		}
		return []string{"coordinators", "responders"}
	case "members":
		return []string{"member/" + id, "coordinators", "helped/" + id}
	case "consents", "acts":
		if col["helper"] != "" {
			return []string{"coordinators", "member/" + col["helper"], "member/" + col["member"]}
		}
		return []string{"coordinators", "member/" + col["member"]}
	case "vouches":
		return []string{"coordinators", "member/" + col["member"]}
	case "reports":
		if col["by"] != "" {
			return []string{"coordinators", "member/" + col["by"]}
		}
		return []string{"coordinators"}
	case "reportSubjects":
		return []string{"coordinators"}
	case "devices":
		auds := []string{"coordinators", "member/" + col["member"]}
		if col["shop"] != "" {
			auds = append(auds, "owners/"+col["shop"])
		}
		return auds
	case "invites":
		if col["by"] != "" {
			return []string{"coordinators", "member/" + col["by"]}
		}
		return []string{"coordinators"}
	case "recoveries":
		switch {
		case col["kind"] == "card":
			return []string{"member/" + col["member"]}
		case col["status"] == "open" || col["status"] == "ready":
			return []string{"activators", "coordinators"}
		}
		return nil
	case "shops":
		if col["status"] == "active" && !yes(col["plain"]) {
			return []string{"shop/" + id, "coordinators", "public"}
		}
		return []string{"shop/" + id, "coordinators"}
	case "accounts", "cards", "stamps", "vouchers", "tills", "reviews", "revocations", "shopWeeks", "settlements", "patterns":
		return ofCards(coll, col)
	case "notices", "noticeChoices", "registrations", "deliveries":
		return ofInboxes(coll, id, col)
	case "roles":
		if col["shop"] != "" {
			return []string{"member/" + col["member"], "coordinators", "owners/" + col["shop"]}
		}
		return []string{"member/" + col["member"], "coordinators"}
	case "buddies", "pairings", "pairingContacts", "calls", "hostCards", "returnFigures":
		return ofBuddies(coll, id, col)
	case "circles", "organisers", "circleHelpers", "circleWishes", "slots", "turns", "everies", "standbys", "swaps", "turnSteps", "homes", "addresses",
		"asks", "replies", "contacts", "messages":
		return ofNeighbours(coll, id, col)
	case "visits":
		if col["status"] == "coming" {
			return []string{"host/" + col["listing"], "member/" + col["member"], "helped/" + col["member"]}
		}
		return []string{"member/" + col["member"], "helped/" + col["member"]}
	}
	return []string{"member/" + col["member"]}
}

// fact is a row as it stood for a while. Its version is in (after, upTo].
type fact struct {
	canon       string // its columns, as JSON with sorted keys
	auds        []string
	col         map[string]string
	after, upTo int64
}

// state is the whole community at one seq.
type state struct {
	seq    int64
	at     time.Time
	rows   map[device.Key]*fact
	grants map[string]map[string]bool // member -> audiences
}

// oracle reads the tables after each commit and keeps what it saw.
type oracle struct {
	now     *state
	history map[string]map[int64]*state // epoch -> seq
	order   map[string][]int64          // epoch -> seqs, rising
	cache   map[string]*fact            // by raw content, to parse each once
	canon   map[string]string           // of rows that devices hold, by raw JSON
	stmts   map[string]*sql.Stmt
	unread  map[string]bool // tables that were written to after the state of now
	lines   map[string]sent // what a line of an answer is about, by its bytes
}

func newOracle() *oracle {
	return &oracle{history: map[string]map[int64]*state{}, order: map[string][]int64{}, cache: map[string]*fact{}, canon: map[string]string{}, unread: map[string]bool{}, lines: map[string]sent{}}
}

// attach prepares the readers on a server that has just started.
func (o *oracle) attach(s *server) error {
	o.stmts = map[string]*sql.Stmt{}
	db := s.app.ConcurrentDB().(*dbx.DB).DB()
	for coll := range columns {
		names := []string{"id"}
		for _, c := range strings.Fields(columns[coll]) {
			names = append(names, `"`+strings.Split(c, ":")[0]+`"`)
		}
		if h := hidden[coll]; h != "" {
			names = append(names, strings.Split(h, ", ")...)
		}
		st, err := db.Prepare("SELECT " + strings.Join(names, ", ") + " FROM " + coll)
		if err != nil {
			return err
		}
		o.stmts[coll] = st
	}
	return nil
}

// read makes a state of the tables as they are. before is the state that it
// follows: rows that are the same keep their versions, and a table that nothing
// wrote to since is not read again.
func (o *oracle) read(seq int64, at time.Time, before *state) (*state, error) {
	s := &state{seq: seq, at: at, rows: maps.Clone(before.rows), grants: before.grants}
	if s.rows == nil {
		s.rows = map[device.Key]*fact{}
	}
	maps.DeleteFunc(s.rows, func(k device.Key, _ *fact) bool { return o.stale(k.Coll) })
	granting := s.grants == nil
	for _, coll := range slices.Sorted(maps.Keys(o.stmts)) {
		if !o.stale(coll) {
			continue
		}
		if err := o.readTable(s, coll, before); err != nil {
			return nil, err
		}
		granting = granting || slices.Contains([]string{"members", "roles", "consents", "hosts", "circles", "organisers", "circleHelpers", "addresses", "replies"}, coll)
	}
	if granting {
		s.grants = grants(s.rows)
	}
	return s, nil
}

// look notes what was written to since the last time, and says so.
func (o *oracle) look() (written func(tables ...string) bool) {
	is := touched.take()
	for coll := range columns {
		if is(coll) {
			o.unread[coll] = true
		}
	}
	return func(tables ...string) bool { return slices.ContainsFunc(tables, is) }
}

// stale says whether a table may be another than in the state of now.
func (o *oracle) stale(coll string) bool { return o.unread[coll] }

func (o *oracle) readTable(s *state, coll string, before *state) error {
	rows, err := o.stmts[coll].Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	raw := make([]sql.RawBytes, len(names))
	into := make([]any, len(names))
	for i := range raw {
		into[i] = &raw[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		key := device.Key{Coll: coll, ID: string(raw[0])}
		f, err := o.fact(key, names, raw)
		if err != nil {
			return err
		}
		if old := before.rows[key]; old != nil && old.canon == f.canon && slices.Equal(old.auds, f.auds) {
			own := *old
			own.col = f.col
			s.rows[key] = &own
			continue
		}
		own := *f
		own.after, own.upTo = before.seq, s.seq
		s.rows[key] = &own
	}
	return rows.Err()
}

// fact parses one row; rows of the same content are parsed once.
func (o *oracle) fact(key device.Key, names []string, raw []sql.RawBytes) (*fact, error) {
	var b strings.Builder
	b.WriteString(key.Coll)
	for _, r := range raw {
		b.WriteByte(0)
		b.Write(r)
	}
	if f := o.cache[b.String()]; f != nil {
		return f, nil
	}
	f := &fact{col: map[string]string{}}
	out := map[string]any{"id": key.ID}
	for i, name := range names {
		f.col[name] = string(raw[i])
	}
	for _, c := range strings.Fields(columns[key.Coll]) {
		name, kind, _ := strings.Cut(c, ":")
		v, err := value(kind, f.col[name])
		if err != nil {
			return nil, fmt.Errorf("%v.%s: %w", key, name, err)
		}
		out[name] = v
	}
	canon, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	f.canon, f.auds = string(canon), audiences(key.Coll, key.ID, f.col)
	sort.Strings(f.auds)
	o.cache[b.String()] = f
	return f, nil
}

func yes(s string) bool { return s == "1" || s == "true" }

func value(kind, raw string) (v any, err error) {
	switch kind {
	case "n":
		return strconv.ParseFloat(raw, 64)
	case "b":
		return yes(raw), nil
	case "j":
		if json.Unmarshal([]byte(raw), &v) != nil {
			return nil, nil // what is no JSON travels as null
		}
		return v, nil
	}
	return raw, nil
}

// ofRole are the audiences that a role brings.
var ofRole = map[string][]string{
	"listener": {"listeners"}, "activator": {"activators", "listeners"}, "coordinator": {"activators", "coordinators", "listeners", "responders"},
	"coach": {"listeners", "responders"}, "surgery": {"surgery"},
	"owner": {"shop/SHOP", "owners/SHOP", "counters"}, "staff": {"shop/SHOP", "counters"},
}

// grants: protocol.md, section 7, "who".
func grants(rows map[device.Key]*fact) map[string]map[string]bool {
	g := map[string]map[string]bool{"": {"public": true}}
	give := func(member, aud string) {
		if g[member] == nil {
			g[member] = map[string]bool{"public": true}
		}
		g[member][aud] = true
	}
	for k, f := range rows {
		switch k.Coll {
		case "members":
			give(k.ID, "public")
			if f.col["standing"] == "active" {
				give(k.ID, "member/"+k.ID)
				give(k.ID, "neighbours")
			}
		case "roles":
			for _, aud := range ofRole[f.col["role"]] {
				give(f.col["member"], strings.ReplaceAll(aud, "SHOP", f.col["shop"]))
			}
		case "consents":
			if f.col["status"] == "active" {
				give(f.col["helper"], "helped/"+f.col["member"])
			}
		case "hosts":
			give(f.col["member"], "host/"+f.col["listing"])
		default:
			grantsOfNeighbours(k, f, give)
		}
	}
	return g
}

// guarded audiences go to trusted devices alone: protocol.md, 3.2.
func guarded(aud string) bool {
	return slices.Contains([]string{"coordinators", "responders", "surgery"}, aud) || strings.HasPrefix(aud, "owners/")
}

// trusts says whether a device may hold what is guarded.
func (s *state) trusts(dev string) bool {
	d := s.rows[device.Key{Coll: "devices", ID: dev}]
	return d != nil && yes(d.col["enrolled"]) && !yes(d.col["revoked"]) && !yes(d.col["pending"])
}

// visible are a row's audiences that a member is in, on one device of theirs.
func (s *state) visible(f *fact, member, dev string) (auds []string) {
	for _, a := range f.auds {
		if s.grants[member][a] && (!guarded(a) || s.trusts(dev)) {
			auds = append(auds, a)
		}
	}
	return auds
}

// keep remembers a state as the one at its seq.
func (o *oracle) keep(epoch string, s *state) {
	if o.history[epoch] == nil {
		o.history[epoch] = map[int64]*state{}
	}
	if _, known := o.history[epoch][s.seq]; !known {
		o.order[epoch] = append(o.order[epoch], s.seq)
	}
	o.history[epoch][s.seq] = s
	o.now = s
	clear(o.unread)
}

// committed is when a seq was committed.
func (o *oracle) committed(epoch string, seq int64) time.Time {
	order := o.order[epoch]
	i, _ := slices.BinarySearch(order, seq)
	if i == len(order) {
		return time.Time{}
	}
	return o.history[epoch][order[i]].at
}

// canonical is a row as a device got it, in the oracle's form.
func (o *oracle) canonical(raw json.RawMessage) string {
	if c, known := o.canon[string(raw)]; known {
		return c
	}
	var v map[string]any
	if json.Unmarshal(raw, &v) != nil {
		return "no object: " + string(raw)
	}
	c, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	o.canon[string(raw)] = string(c)
	return string(c)
}

// differs says how rows that a member's device holds differ from this state;
// empty if they don't. Invariants 1 and 3.
func (o *oracle) differs(s *state, member, dev string, rows device.Rows) string {
	held := 0
	for k, f := range s.rows {
		auds := s.visible(f, member, dev)
		if len(auds) == 0 {
			continue
		}
		held++
		h, has := rows[k]
		switch {
		case !has:
			return fmt.Sprintf("%v is missing", k)
		case !slices.Equal(h.Auds, auds):
			return fmt.Sprintf("%v is held for %v, not for %v", k, h.Auds, auds)
		case o.canonical(h.Data) != f.canon:
			return fmt.Sprintf("%v is %s, not %s", k, h.Data, f.canon)
		case h.Seq <= f.after || h.Seq > f.upTo:
			return fmt.Sprintf("%v has version %d, which is not in (%d, %d]", k, h.Seq, f.after, f.upTo)
		}
	}
	if held == len(rows) {
		return ""
	}
	for k := range rows {
		if f := s.rows[k]; f == nil || len(s.visible(f, member, dev)) == 0 {
			return fmt.Sprintf("%v is held and should not be", k)
		}
	}
	return ""
}
