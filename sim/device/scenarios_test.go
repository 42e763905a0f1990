package device

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// player plays one shared scenario (testdata/scenarios/README.md) on a device.
type player struct {
	now   time.Time
	t     *testing.T
	where string
	d     *Device
	asks  map[string]*Ask
	last  *Ask
	live  *Live
	names map[string]string
	fresh int
}

func TestDevice_PlaysTheSharedScenarios(t *testing.T) {
	files, err := filepath.Glob("../../testdata/scenarios/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("only %d scenarios were found (%v)", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) { play(t, file, false) })
		t.Run(name+", killed at each quiet moment", func(t *testing.T) { play(t, file, true) })
	}
}

func play(t *testing.T, file string, killed bool) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Why   string                       `json:"why"`
		Steps []map[string]json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, now: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC), asks: map[string]*Ask{}, names: map[string]string{}}
	p.d = New(func() time.Time { return p.now }, p.nonce)
	moments := quiet(s.Steps)
	for i, step := range s.Steps {
		if killed && moments[i] {
			p.kill()
		}
		p.step(i, step)
	}
	if t.Failed() {
		t.Log(s.Why)
	}
}

func (p *player) nonce() string {
	p.fresh++
	return fmt.Sprintf("fresh%017d", p.fresh)
}

// verbs in the order in which a step is looked at: "to", "as" and "done" are not verbs.
var verbs = map[string]func(*player, map[string]json.RawMessage){
	"send": func(p *player, s map[string]json.RawMessage) {
		var c struct {
			Nonce, Name, At string
			Args            json.RawMessage
		}
		p.read(s["send"], &c)
		if s["full"] != nil {
			return // what finds no room leaves nothing behind
		}
		p.d.Do(c.Nonce, c.Name, c.Args, c.At)
	},
	"withdraw": func(p *player, s map[string]json.RawMessage) {
		var nonce string
		var done bool
		p.read(s["withdraw"], &nonce)
		p.read(s["done"], &done)
		p.equal("withdrawn", p.d.Withdraw(nonce), done)
	},
	"dismiss": func(p *player, s map[string]json.RawMessage) {
		var nonce string
		p.read(s["dismiss"], &nonce)
		p.d.Dismiss(nonce)
	},
	"clock": func(p *player, s map[string]json.RawMessage) { p.read(s["clock"], &p.now) },
	"join":  func(*player, map[string]json.RawMessage) {}, // this device is asked for either kind of request
	"request": func(p *player, s map[string]json.RawMessage) {
		p.asked(p.d.Ask(100, 1<<20), s)
		p.contains("request", plain(p.t, p.last.Body), p.any(s["request"]))
	},
	"chunk": func(p *player, s map[string]json.RawMessage) {
		p.asked(p.d.AskPublic(), s)
		p.equal("address", any(p.last.Path), p.any(s["chunk"]))
	},
	"answer": func(p *player, s map[string]json.RawMessage) {
		var lines []json.RawMessage
		p.read(s["answer"], &lines)
		var body []byte
		for _, l := range lines {
			body = append(append(body, l...), '\n')
		}
		if s["cut"] != nil {
			body = body[:len(body)-12]
		}
		ask := p.last
		if s["to"] != nil {
			ask = p.asks[p.any(s["to"]).(string)]
		}
		if s["full"] == nil {
			p.d.Take(ask, 200, body)
		}
	},
	"refuse": func(p *player, s map[string]json.RawMessage) {
		var status struct{ Status int }
		p.read(s["refuse"], &status)
		p.d.Take(p.last, status.Status, s["refuse"])
	},
	"open": func(p *player, s map[string]json.RawMessage) {
		p.contains("open", plain(p.t, p.d.AskLive()), p.any(s["open"]))
		p.live = p.d.Listen()
	},
	"frame": func(p *player, s map[string]json.RawMessage) {
		var lines []json.RawMessage
		p.read(s["frame"], &lines)
		for _, l := range lines {
			p.live.Line(l)
		}
	},
	"closed": func(p *player, s map[string]json.RawMessage) {
		var want struct{ AfterMs int64 }
		p.read(s["closed"], &want)
		p.equal("closed", p.live != nil && p.live.Closed, true)
		p.equal("afterMs", p.live.AfterMs, want.AfterMs)
		p.live = nil
	},
	"kill": func(p *player, _ map[string]json.RawMessage) { p.kill() },
	"evict": func(p *player, _ map[string]json.RawMessage) {
		p.d = New(p.d.Now, p.d.Nonce)
		p.kill()
	},
	"expect": func(p *player, s map[string]json.RawMessage) { p.expect(p.any(s["expect"]).(map[string]any)) },
}

func (p *player) kill() {
	fault, waitMs := p.d.Fault, p.d.WaitMs // what the player has heard, not what the device knows
	p.d = Open(p.d.Disk.Clone(), p.d)
	p.d.Fault, p.d.WaitMs = fault, waitMs
	p.live, p.last, p.asks = nil, nil, map[string]*Ask{}
}

// quiet says of each step whether nothing is under way before it: no live
// connection, and no request whose answer is still to come.
func quiet(steps []map[string]json.RawMessage) []bool {
	moments := make([]bool, len(steps))
	live := false
	for i, s := range steps {
		moments[i] = !live && !awaited(steps[i:])
		if s["open"] != nil {
			live = true
		}
		if s["closed"] != nil || s["kill"] != nil || s["evict"] != nil {
			live = false
		}
	}
	return moments
}

// awaited says whether a later step answers a request that was made before.
func awaited(steps []map[string]json.RawMessage) bool {
	asked, named := false, map[string]bool{}
	for _, s := range steps {
		switch {
		case s["kill"] != nil || s["evict"] != nil:
			return false
		case s["request"] != nil || s["chunk"] != nil:
			asked = true
			named[string(s["as"])] = true
		case s["refuse"] != nil || s["answer"] != nil && s["to"] == nil:
			if !asked {
				return true
			}
		case s["answer"] != nil && !named[string(s["to"])]:
			return true
		}
	}
	return false
}

func (p *player) step(i int, s map[string]json.RawMessage) {
	for verb, run := range verbs {
		if _, has := s[verb]; !has {
			continue
		}
		p.where = fmt.Sprintf("step %d (%s)", i, verb)
		if p.live != nil && p.live.Closed && verb != "closed" {
			p.t.Errorf("%s: the live connection was closed before", p.where)
		}
		run(p, s)
		return
	}
	p.t.Fatalf("step %d is of no known kind", i)
}

func (p *player) asked(a *Ask, s map[string]json.RawMessage) {
	p.last = a
	if s["as"] != nil {
		p.asks[p.any(s["as"]).(string)] = a
	}
}

func (p *player) expect(want map[string]any) {
	d := p.d
	held := map[string]func(any){
		"seq":    func(v any) { p.equal("seq", float64(d.Seq), v) },
		"epoch":  func(v any) { p.equal("epoch", d.Epoch, v) },
		"staged": func(v any) { p.equal("staged", d.Staged(), v) },
		"waitMs": func(v any) { p.equal("waitMs", float64(d.WaitMs), v) },
		"fault": func(v any) {
			fault := d.Fault
			if fault == "" && d.Repair == 2 {
				fault = "sums"
			}
			if v == nil {
				v = ""
			}
			p.equal("fault", fault, v)
		},
		"outbox":  func(v any) { p.contains("outbox", p.outbox(), v) },
		"inForce": func(v any) { p.equal("inForce", p.inForce(), v) },
		"rows":    p.rows,
		"auds": func(v any) {
			for key, auds := range v.(map[string]any) {
				coll, id, _ := strings.Cut(key, "/")
				p.equal("auds of "+key, plain(p.t, d.Rows[Key{coll, id}].Auds), sorted(auds.([]any)))
			}
		},
	}
	for key, v := range want {
		check, known := held[key]
		if !known {
			p.t.Fatalf("%s: nothing is known of %q", p.where, key)
		}
		check(v)
	}
}

func (p *player) rows(want any) {
	for coll, rows := range want.(map[string]any) {
		var have, ids []string
		for k := range p.d.Rows {
			if k.Coll == coll {
				have = append(have, k.ID)
			}
		}
		for id, columns := range rows.(map[string]any) {
			ids = append(ids, id)
			p.contains(coll+"/"+id, p.any(p.d.Rows[Key{coll, id}].Data), columns)
		}
		sort.Strings(have)
		sort.Strings(ids)
		p.equal("ids of "+coll, have, ids)
	}
}

func (p *player) outbox() any {
	out := []any{}
	for _, c := range p.d.Queue.Entries {
		e := map[string]any{"nonce": c.Nonce, "number": float64(c.Number), "name": c.Name, "args": p.any(c.Args), "state": c.State()}
		if c.Outcome != nil {
			e["code"], e["message"], e["result"] = c.Outcome.Code, c.Outcome.Message, p.any(c.Outcome.Result)
		}
		out = append(out, e)
	}
	return out
}

func (p *player) inForce() any {
	out := []any{}
	for _, c := range p.d.Queue.Entries {
		if !c.Settled {
			out = append(out, c.Nonce)
		}
	}
	return out
}

// contains compares as testdata/scenarios/README.md says.
func (p *player) contains(at string, got, want any) {
	switch w := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		for k, v := range w {
			p.contains(at+"."+k, g[k], v)
		}
	case []any:
		g, _ := got.([]any)
		if len(g) != len(w) {
			p.t.Errorf("%s: %s has %d elements, not %d", p.where, at, len(g), len(w))
			return
		}
		for i := range w {
			p.contains(fmt.Sprintf("%s[%d]", at, i), g[i], w[i])
		}
	case string:
		if strings.HasPrefix(w, "$") {
			p.named(at, got, w)
			return
		}
		p.equal(at, got, want)
	default:
		p.equal(at, got, want)
	}
}

func (p *player) named(at string, got any, name string) {
	g, _ := got.(string)
	known, met := p.names[name]
	if met {
		p.equal(at, g, known)
		return
	}
	for _, other := range p.names {
		if other == g {
			p.t.Errorf("%s: %s is %q, which has another name already", p.where, at, g)
		}
	}
	p.names[name] = g
}

func (p *player) equal(at string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		p.t.Errorf("%s: %s is %v, not %v", p.where, at, got, want)
	}
}

func (p *player) read(raw json.RawMessage, into any) {
	if err := json.Unmarshal(raw, into); err != nil {
		p.t.Fatalf("%s: %v", p.where, err)
	}
}

func (p *player) any(raw json.RawMessage) (v any) {
	if raw != nil {
		p.read(raw, &v)
	}
	return v
}

func plain(t *testing.T, v any) (out any) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sorted(list []any) []any {
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return list
}
