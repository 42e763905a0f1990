package rota

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// line is the plain reference: whoever is first in it has the turn, and all others
// stand by. It shares nothing with the rota but what the rules say.
type line struct {
	in    []string          // the first has it
	said  map[string]int    // when who stands by said so
	asked map[string]string // by id, who was asked by whoever has it
	off   bool
}

func (l *line) first() string {
	if len(l.in) == 0 {
		return ""
	}
	return l.in[0]
}

func (l *line) leave(h string) { l.in = slices.DeleteFunc(l.in, func(o string) bool { return o == h }) }

// head has somebody be the first; what the first before had asked is over.
func (l *line) head(h string) {
	l.leave(h)
	l.in = append([]string{h}, l.in...)
	l.asked = map[string]string{}
}

// pass has the next be first: dear before others, then who said so first.
func (l *line) pass() {
	rest := l.in[1:]
	l.in, l.asked = slices.Clone(rest), map[string]string{}
	if len(rest) == 0 {
		return
	}
	best := rest[0]
	for _, h := range rest[1:] {
		if h == "dear" || best != "dear" && (l.said[h] < l.said[best] || l.said[h] == l.said[best] && h < best) {
			best = h
		}
	}
	l.head(best)
}

// says carries out what a phone brings, and returns whether it was refused.
func (l *line) says(w word) (refused bool) {
	switch has := l.first(); w.what {
	case "take", "standby":
		if l.off {
			return true
		}
		if has == "" {
			l.head(w.who)
		} else if w.what == "standby" && !slices.Contains(l.in, w.who) {
			l.in = append(l.in, w.who)
			l.said[w.who] = w.at
		}
	case "drop":
		if has == w.who {
			l.pass()
		}
	case "unstandby":
		if has != w.who {
			l.leave(w.who)
		}
	case "ask":
		if has != w.who || l.off || w.who == w.to {
			return true
		}
		for _, to := range l.asked {
			if to == w.to {
				return false
			}
		}
		l.asked[w.id] = w.to
	case "yes":
		if has == "" || l.off || l.asked[w.id] != w.who {
			return true
		}
		l.leave(has)
		l.head(w.who)
	case "assign":
		switch {
		case l.off:
			return true
		case w.to == has:
		case w.to == "":
			l.pass()
		default:
			if has != "" {
				l.leave(has)
			}
			l.head(w.to)
		}
	case "off":
		l.off, l.in, l.asked = true, nil, map[string]string{}
	case "on":
		l.off = false
	}
	return false
}

// word is what one phone says, while it has no signal.
type word struct {
	who, what, to, id string
	at                int // by the phone's clock, which may be wrong
}

func drawWords(t *rapid.T) map[string][]word {
	queues := map[string][]word{}
	helpers := []string{"a", "b", "c", "dear"}
	id := 0
	var ids []string
	for _, who := range append(slices.Clone(helpers), "organiser") {
		does := []string{"take", "take", "drop", "standby", "unstandby", "ask", "yes"}
		if who == "organiser" {
			does = []string{"assign", "off", "on", "move", "move"}
		}
		for range rapid.IntRange(0, 8).Draw(t, "words of "+who) {
			w := word{who: who, what: rapid.SampledFrom(does).Draw(t, "what"), at: rapid.IntRange(0, 20).Draw(t, "at")}
			switch w.what {
			case "ask":
				id++
				w.id = fmt.Sprint("s", id)
				ids = append(ids, w.id)
				w.to = rapid.SampledFrom(helpers).Draw(t, "to")
			case "assign":
				w.to = rapid.SampledFrom(append([]string{""}, helpers...)).Draw(t, "to")
			case "yes":
				w.id = rapid.SampledFrom(append([]string{"s1", "s2"}, ids...)).Draw(t, "id")
			}
			queues[who] = append(queues[who], w)
		}
	}
	return queues
}

// rotaOfOne is a turn, what of it hasn't gone out, and what each helper believes.
type rotaOfOne struct {
	t     *rapid.T
	turn  Turn
	hour  int
	off   bool
	out   map[string]string // words that haven't gone out
	minds map[string]string // what each thinks: "" or the hour at which it is theirs
	lost  map[string]bool   // who has asked for it in vain since words last went out
}

func (r *rotaOfOne) when() string {
	if r.off {
		return ""
	}
	return fmt.Sprint(r.hour)
}

// says is what the server does with one word; it returns whether it was refused.
func (r *rotaOfOne) says(w word, seq int) (refused bool) {
	now, said := fmt.Sprintf("%04d", seq), fmt.Sprintf("%04d", w.at)
	knows, lost := []string{w.who}, []string(nil)
	switch w.what {
	case "take", "standby":
		if r.off {
			return true
		}
		out := Taken
		if w.what == "take" {
			out = r.turn.Take(w.who, now)
		} else {
			out = r.turn.Standby(w.who, said, now)
		}
		switch {
		case out == Yours && w.what == "take":
			r.minds[w.who] = r.when()
		case out == Yours:
			knows = nil // they are told
		case out == Taken && w.what == "take":
			knows, lost = nil, []string{w.who}
			r.minds[w.who], r.lost[w.who] = "", true // by the answer
		}
	case "drop":
		if r.turn.Drop(w.who, anybody, now) {
			r.minds[w.who] = ""
		}
	case "unstandby":
		r.turn.Unstandby(w.who)
	case "ask":
		if r.off || w.who == w.to || r.turn.Ask(Swap{w.id, w.who, w.to}) == Taken {
			return true
		}
	case "yes":
		i := slices.IndexFunc(r.turn.Swaps, func(s Swap) bool { return s.ID == w.id && s.To == w.who })
		if i < 0 || !r.turn.Yes(w.id, now) {
			return true
		}
		r.minds[w.who] = r.when()
	case "assign":
		if r.off {
			return true
		}
		r.turn.Assign(w.to, anybody, now)
	case "off":
		r.off = true
		r.turn.Over()
	case "on":
		r.off = false
	case "move":
		r.hour++
	}
	r.settle(knows, lost)
	return false
}

func (r *rotaOfOne) settle(knows, lost []string) {
	words, err := r.turn.Settle(r.when(), knows, lost, func(h string) (bool, error) {
		_, was := r.out[h]
		delete(r.out, h)
		return was, nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, w := range words {
		if before, is := r.out[w.Helper]; is {
			r.t.Fatalf("%s is told %s and %s at once", w.Helper, before, w.Template)
		}
		r.out[w.Helper] = w.Template
	}
}

// goOut has what was said reach people: each is told what is new to them, and nothing
// else, and then all know how it stands.
func (r *rotaOfOne) goOut() {
	for h, template := range r.out {
		mine := r.minds[h] != ""
		fits := map[string]bool{
			SayYours: !mine && r.turn.Helper == h, SayMoved: mine && r.turn.Helper == h && r.minds[h] != r.when(),
			SayNotYours: (mine || r.lost[h]) && r.turn.Helper != h && !r.off, SayOff: mine && r.off,
		}[template]
		if !fits {
			r.t.Fatalf("%s is told %s, and thinks %q, where %s has it at %q", h, template, r.minds[h], r.turn.Helper, r.when())
		}
		r.minds[h] = ""
		if template == SayYours || template == SayMoved {
			r.minds[h] = r.when()
		}
	}
	r.out, r.lost = map[string]string{}, map[string]bool{}
	for _, h := range []string{"a", "b", "c", "dear"} {
		if is := map[bool]string{true: r.when()}[r.turn.Helper == h]; r.minds[h] != is {
			r.t.Fatalf("%s thinks %q, and it is %q: nobody told them", h, r.minds[h], is)
		}
	}
}

// Ensure that in whatever order phones that were away bring what was said on them, the
// rota is what the rules say of that order; and that everybody whose plan has changed is
// told so once, and nobody else is told anything.
func TestRota_IsOneWhateverArrivesFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		queues := drawWords(t)
		plain := &line{said: map[string]int{}, asked: map[string]string{}}
		r := &rotaOfOne{t: t, hour: 10, out: map[string]string{}, minds: map[string]string{}, lost: map[string]bool{}}
		for seq := 0; ; seq++ {
			var left []string
			for _, who := range []string{"a", "b", "c", "dear", "organiser"} {
				if len(queues[who]) > 0 {
					left = append(left, who)
				}
			}
			if len(left) == 0 {
				break
			}
			who := rapid.SampledFrom(left).Draw(t, "arrives")
			w := queues[who][0]
			queues[who] = queues[who][1:]
			if a, b := plain.says(w), r.says(w, seq); a != b {
				t.Fatalf("%+v is refused: %v by the rules, and %v", w, a, b)
			}
			if plain.first() != r.turn.Helper || len(plain.in) != len(r.turn.Standbys)+min(1, len(plain.in)) {
				t.Fatalf("after %+v: %v by the rules, and %+v", w, plain.in, r.turn)
			}
			if rapid.IntRange(0, 2).Draw(t, "goes out") == 0 {
				r.goOut()
			}
		}
		r.goOut()
	})
}
