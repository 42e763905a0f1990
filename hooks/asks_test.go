package hooks_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	askroom "kith/hooks/asks"
	"kith/internal/calendar"
	"kith/internal/limits"
)

// board is somebody who asks for a hand, and somebody who can.
type board struct {
	w        *town
	ada, sam *phone
	ask      string
}

func newBoard(w *town) *board {
	b := &board{w: w, ada: w.phone("resident"), sam: w.phone("resident")}
	b.ask = b.ada.asksFor("walk")
	w.tellings()
	return b
}

func dayIn(days int) string { return inLondon(days).Format(time.DateOnly) }

func inLondon(days int) time.Time {
	zone, _ := calendar.Zone("Europe/London")
	return time.Now().In(zone).AddDate(0, 0, days)
}

// asksFor puts something on the board.
func (p *phone) asksFor(kind string) string {
	p.t.Helper()
	id := newID()
	p.doesWell("asks.make", map[string]any{"id": id, "kind": kind, "day": dayIn(3), "part": "morning", "words": "To the salon and home"})
	return id
}

// can has somebody reply to the ask.
func (b *board) can(p *phone) string {
	b.w.t.Helper()
	id := newID()
	for there, row := range p.holds("replies") { // they said so before
		if row["ask"] == b.ask {
			id = there
		}
	}
	p.doesWell("replies.make", map[string]any{"id": id, "ask": b.ask, "words": "I pass there anyway"})
	return id
}

// held is how many rows of asks a phone holds, by their collection.
func (p *phone) held() string {
	var out []string
	for _, collection := range []string{"asks", "replies", "contacts", "messages"} {
		if n := len(p.holds(collection)); n > 0 {
			out = append(out, fmt.Sprint(collection, " ", n))
		}
	}
	return strings.Join(out, ", ")
}

// Ensure that an ask is on the board for members alone, that who can is shown to who
// asked and to nobody else, that one of them is chosen, and that each is told what
// concerns them, of no more than they hold.
func TestAsks_FromTheBoardToTheDoor(t *testing.T) {
	w := newTown(t)
	b := newBoard(w)
	other := w.phone("resident")
	row := other.holds("asks")[b.ask]
	if row["words"] != "To the salon and home" || row["firstName"] != "Rosa" || row["status"] != "open" || strings.Contains(fmt.Sprint(row), b.ada.member) {
		t.Errorf("a member reads %v", row)
	}
	if raw := w.ask("GET", "/api/sync/public/-/0/0", "", nil).Body.String(); strings.Contains(raw, "salon") {
		t.Error("a passer-by reads that somebody needs a hand")
	}
	reply := b.can(b.sam)
	w.tells("who can", "ask.reply member/"+b.ada.member+" "+b.ask+" but "+b.sam.member)
	third := w.phone("resident")
	second := b.can(third)
	w.tellings()
	if got := b.ada.holds("replies"); len(got) != 2 || got[reply]["safety"] != "link" || got[reply]["words"] != "I pass there anyway" || strings.Contains(fmt.Sprint(got), b.sam.member) {
		t.Errorf("who asked reads %v", got)
	}
	if len(b.sam.holds("replies")) != 1 || len(other.holds("replies")) != 0 {
		t.Error("somebody else reads who can")
	}
	b.ada.doesWell("replies.choose", map[string]any{"id": reply})
	w.tells("choosing", "reply.chosen member/"+b.sam.member+" "+reply+" but "+b.ada.member)
	if code, _ := b.ada.does("replies.choose", map[string]any{"id": second}); code != "reply_chosen" {
		t.Errorf("a second yes: %q", code)
	}
	b.ada.doesWell("asks.settle", map[string]any{"id": b.ask})
	w.tells("settling")
	if got := third.holds("replies")[second]["status"]; got != "over" || len(other.holds("asks")) != 0 || b.sam.holds("replies")[reply]["status"] != "chosen" {
		t.Errorf("the others' replies are %v, and the board still has it: %v", got, other.holds("asks"))
	}
	b.sam.doesWell("replies.end", map[string]any{"id": reply})
	w.tells("who can't after all", "reply.over member/"+b.ada.member+" "+b.ask+" but "+b.sam.member)
	if got := other.holds("asks")[b.ask]["status"]; got != "open" {
		t.Errorf("nobody comes, and it is %v", got)
	}
	b.can(third)
	w.tells("who can again", "ask.reply member/"+b.ada.member+" "+b.ask+" but "+third.member)
	b.ada.doesWell("asks.end", map[string]any{"id": b.ask})
	w.tells("taking it down, of whom nobody was chosen")
	if code, _ := b.sam.does("replies.make", map[string]any{"id": newID(), "ask": b.ask}); code != "ask_unknown" {
		t.Errorf("a reply to what is over: %q", code)
	}
}

// Ensure that what is asked for is small, near in time and says nothing of health, and
// that nobody fills the board.
func TestAsks_AreSmall(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	good := map[string]any{"kind": "post", "day": dayIn(1), "part": "any", "words": ""}
	for what, code := range map[string]string{
		"kind gp": "args_invalid", "kind pharmacy": "args_invalid", "kind other": "text_invalid", "part noon": "args_invalid", "day soon": "args_invalid",
		"day " + dayIn(-2): "day_invalid", "day " + dayIn(limits.AskAhead+2): "day_invalid", "words " + strings.Repeat("a", 201): "text_invalid",
	} {
		args := maps.Clone(good)
		args["id"] = newID()
		name, value, _ := strings.Cut(what, " ")
		args[name] = value
		if got, _ := p.does("asks.make", args); got != code {
			t.Errorf("%s: %q", what, got)
		}
	}
	for range limits.AsksOpen {
		p.asksFor("walk")
	}
	good["id"] = newID()
	if got, _ := p.does("asks.make", good); got != "asks_many" {
		t.Errorf("one more: %q", got)
	}
	b := newBoard(w)
	if got, _ := b.ada.does("replies.make", map[string]any{"id": newID(), "ask": b.ask}); got != "not_yourself" {
		t.Errorf("one's own: %q", got)
	}
}

// Ensure that a number is on nobody's phone but its own until both have given theirs,
// and on none once it is over, whoever ends it and how.
func TestAsks_ANumberOnceBothSaidYes(t *testing.T) {
	w := newTown(t)
	for how, ends := range map[string]func(b *board, reply string){
		"by who asked":   func(b *board, reply string) { b.ada.doesWell("replies.end", map[string]any{"id": reply}) },
		"by who replied": func(b *board, reply string) { b.sam.doesWell("replies.end", map[string]any{"id": reply}) },
		"by the ask":     func(b *board, _ string) { b.ada.doesWell("asks.end", map[string]any{"id": b.ask}) },
		"by a block": func(b *board, reply string) {
			b.ada.doesWell("asks.block", map[string]any{"id": newID(), "about": reply})
		},
		"by leaving": func(b *board, _ string) { b.sam.doesWell("people.leave", map[string]any{"why": "moved"}) },
		"by raw SQL": func(b *board, reply string) { w.exec1("UPDATE replies SET status = 'over' WHERE id = '" + reply + "'") },
		"taken back": func(b *board, reply string) { b.sam.doesWell("contacts.end", map[string]any{"about": reply}) },
	} {
		b := newBoard(w)
		reply := b.can(b.sam)
		number := func(p *phone) (n []string) {
			for _, row := range p.holds("contacts") {
				n = append(n, fmt.Sprint(row["phone"]))
			}
			slices.Sort(n)
			return n
		}
		b.sam.doesWell("contacts.share", map[string]any{"about": reply, "phone": "07700 900111"})
		if got := number(b.ada); len(got) != 0 {
			t.Errorf("%s: before both said yes: %v", how, got)
		}
		b.ada.doesWell("contacts.share", map[string]any{"about": reply, "phone": "07700 900222"})
		if a, s := number(b.ada), number(b.sam); len(a) != 2 || !slices.Equal(a, s) {
			t.Errorf("%s: both said yes: %v, %v", how, a, s)
		}
		ends(b, reply)
		left := map[bool]int{true: 1, false: 0}[how == "taken back"]
		if got := number(b.ada); len(got) != left {
			t.Errorf("%s: after its end who asked holds %v", how, got)
		}
		if how == "by leaving" {
			continue
		}
		if got := number(b.sam); len(got) != 0 {
			t.Errorf("%s: after its end who replied holds %v", how, got)
		}
	}
}

// Ensure that words go to the other and to nobody else, and that nobody is told more
// than that there are some.
func TestAsks_WordsAreRelayed(t *testing.T) {
	w := newTown(t)
	b := newBoard(w)
	reply, other := b.can(b.sam), w.phone("resident")
	w.tellings()
	for p, text := range map[*phone]string{b.ada: "Ring twice", b.sam: "I will"} {
		p.doesWell("messages.send", map[string]any{"id": newID(), "about": reply, "text": text})
	}
	w.tells("writing", "message.new member/"+b.sam.member+" but "+b.ada.member, "message.new member/"+b.ada.member+" but "+b.sam.member)
	for p, want := range map[*phone]string{b.ada: "asks 1, replies 1, messages 2", b.sam: "asks 1, replies 1, messages 2", other: "asks 1"} {
		if got := p.held(); got != want {
			t.Errorf("%s holds %s, and not %s", p.member, got, want)
		}
	}
	for _, p := range []*phone{other, b.ada} {
		about := reply
		if p == b.ada {
			about = newID()
		}
		if code, _ := p.does("messages.send", map[string]any{"id": newID(), "about": about, "text": "Hello"}); code != "reply_unknown" {
			t.Errorf("%q", code)
		}
	}
	for code, text := range map[string]string{"text_invalid": "", "": "Hello"} {
		for range limits.MessagesDay {
			if got, _ := b.ada.does("messages.send", map[string]any{"id": newID(), "about": reply, "text": text}); got != code && got != "messages_many" {
				t.Fatalf("%q: %q", text, got)
			}
		}
	}
	if got, _ := b.ada.does("messages.send", map[string]any{"id": newID(), "about": reply, "text": "More"}); got != "messages_many" {
		t.Errorf("after many: %q", got)
	}
}

// Ensure that who is blocked before they reply, or after it, is answered and holds,
// letter by letter, what somebody does who isn't; and that nothing of it reaches who
// blocked them.
func TestAsks_WhoIsBlockedCannotTell(t *testing.T) {
	w := newTown(t)
	for when, block := range map[string]func(b *board){
		"before": func(b *board) {
			b.ada.doesWell("safety.block", map[string]any{"id": newID(), "blocked": b.sam.member})
		},
		"by them": func(b *board) {
			b.ada.doesWell("asks.block", map[string]any{"id": newID(), "about": b.sam.asksFor("post")})
		},
	} {
		said := map[bool]string{}
		for _, blocked := range []bool{true, false} {
			b := newBoard(w)
			b.ask = b.ada.asksFor("walk")
			b.ada.sync()
			if when == "by them" && !blocked {
				b.sam.asksFor("post")
			}
			if blocked {
				block(b)
			}
			b.sam.cursor = ""
			before := b.ada.held()
			w.tellings()
			said[blocked] = b.saysAllThatTheyCan()
			if got := b.ada.held(); blocked && got != before {
				t.Errorf("%s: who blocked them holds %s, and not %s", when, got, before)
			}
			if got := w.tellings(); blocked && len(got) > 0 {
				t.Errorf("%s: told %v", when, got)
			}
			if exported := b.ada.exported(); blocked && strings.Contains(exported, "I pass there anyway") {
				t.Errorf("%s: it is in what they take with them", when)
			}
		}
		if said[true] != said[false] || !strings.Contains(said[true], "When shall I come?") {
			t.Errorf("%s: blocked\n%s\nand not\n%s", when, said[true], said[false])
		}
	}
}

// saysAllThatTheyCan has who replies do all that they can, and gives what they are told.
func (b *board) saysAllThatTheyCan() string {
	reply := b.can(b.sam)
	message := newID()
	for _, c := range []map[string]any{
		b.sam.command("replies.make", map[string]any{"id": reply, "ask": b.ask, "words": "Or later"}),
		b.sam.command("messages.send", map[string]any{"id": message, "about": reply, "text": "When shall I come?"}),
		b.sam.command("contacts.share", map[string]any{"about": reply, "phone": "07700 900111"}),
	} {
		b.sam.sync(c)
		b.sam.ack = b.sam.number
	}
	b.sam.cursor = ""
	raw := b.sam.sync().raw
	raw += b.sam.doesWell("contacts.end", map[string]any{"about": reply}).raw
	raw += b.sam.doesWell("replies.end", map[string]any{"id": reply}).raw
	return b.toThem(raw, message)
}

// toThem is what an answer says to a member of themselves: without what changes from one
// time to the next, and without what all the others put on the board.
func (b *board) toThem(raw, message string) string {
	raw = strings.NewReplacer(b.ada.member, "PERSON", b.sam.member, "HELPER", message, "CONSENT").Replace(raw)
	raw = plainly(regexp.MustCompile(`\b[a-z0-9]{15}\b`).ReplaceAllString(raw, "ID"), b.ada, b.sam, message)
	var lines []string
	for line := range strings.SplitSeq(raw, "\n") { // rows of one request come by their ids
		if strings.Contains(line, "member/HELPER") || strings.Contains(line, `"outcome"`) {
			lines = append(lines, regexp.MustCompile(`"nonce":"[^"]*"`).ReplaceAllString(line, "NONCE"))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Ensure that a block of what there is looks like any other end of it.
func TestAsks_ABlockIsAnEndLikeAnother(t *testing.T) {
	w := newTown(t)
	said := map[string]string{}
	for how, ends := range map[string]func(b *board, reply string){
		"ended": func(b *board, reply string) { b.ada.doesWell("replies.end", map[string]any{"id": reply}) },
		"blocked": func(b *board, reply string) {
			b.ada.doesWell("asks.block", map[string]any{"id": newID(), "about": reply})
		},
		"blocked by name": func(b *board, _ string) {
			b.ada.doesWell("safety.block", map[string]any{"id": newID(), "blocked": b.sam.member})
		},
	} {
		b := newBoard(w)
		reply := b.can(b.sam)
		b.ada.doesWell("replies.choose", map[string]any{"id": reply})
		b.sam.doesWell("contacts.share", map[string]any{"about": reply, "phone": "07700 900111"})
		b.sam.sync()
		w.tellings()
		ends(b, reply)
		w.tells(how, "reply.over member/"+b.sam.member+" "+b.ask+" but "+b.ada.member)
		raw := b.sam.sync().raw
		for _, name := range []string{"messages.send", "contacts.share", "replies.end"} {
			_, a := b.sam.does(name, map[string]any{"id": reply, "about": reply, "text": "Why?", "phone": "07700 900111"})
			raw += a.raw
		}
		said[how] = b.toThem(raw, reply)
	}
	if said["ended"] != said["blocked"] || said["ended"] != said["blocked by name"] || !strings.Contains(said["ended"], `"over"`) {
		t.Errorf("%v", said)
	}
}

// Ensure that what is past leaves the board by itself and tells nobody, that two who
// agreed can still say thanks for some days, and that nothing of who isn't here any more
// stays on it.
func TestAsks_LeaveTheBoardByThemselves(t *testing.T) {
	w := newTown(t)
	b := newBoard(w)
	chosen, other := b.can(b.sam), w.phone("resident")
	offered := b.can(other)
	b.ada.doesWell("replies.choose", map[string]any{"id": chosen})
	w.tellings()
	status := func(days int, ask, yes, maybe string) {
		t.Helper()
		must(t, askroom.Expire(w.app, inLondon(days)))
		got := []string{w.record("asks", b.ask).GetString("status"), w.record("replies", chosen).GetString("status"), w.record("replies", offered).GetString("status")}
		if want := []string{ask, yes, maybe}; !slices.Equal(got, want) {
			t.Errorf("in %d days: %v, and not %v", days, got, want)
		}
	}
	if got := b.sam.holds("asks")[b.ask]["words"]; got != "To the salon and home" {
		t.Errorf("who was chosen reads %v", got)
	}
	status(3, "open", "chosen", "offered")
	status(4, "over", "chosen", "over")
	status(3+limits.AskThanks, "over", "chosen", "over")
	status(4+limits.AskThanks, "over", "over", "over")
	w.tells("what is past")
	if len(b.sam.holds("asks")) != 0 {
		t.Error("who was chosen still reads what is long over")
	}
	mine := b.sam.asksFor("post")
	b.sam.doesWell("people.leave", map[string]any{"why": "moved"})
	if len(other.holds("asks")) != 0 || w.record("asks", mine).GetString("status") != "over" {
		t.Error("who left still asks")
	}
}

// Ensure that a report can be about whoever is behind what somebody holds, and that who
// made it isn't told who that is.
func TestAsks_AReportNeedsNoName(t *testing.T) {
	w := newTown(t)
	b := newBoard(w)
	reply, id := b.can(b.sam), newID()
	b.ada.doesWell("reports.make", map[string]any{"id": id, "about": reply, "kind": "worry", "text": "Rude"})
	if got, told := w.record("reportSubjects", id).GetString("about"), b.ada.holds("reports")[id]["about"]; got != b.sam.member || told != "" {
		t.Errorf("it is about %q, and who made it is told %q", got, told)
	}
	if code, _ := w.phone("resident").does("reports.make", map[string]any{"id": newID(), "about": reply, "kind": "worry", "text": "Rude"}); code != "member_unknown" {
		t.Errorf("of what they don't hold: %q", code)
	}
}
