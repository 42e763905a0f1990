package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// entry is one slice, as it stands in the ledger.
type entry struct {
	Part    string           `json:"part"`
	Code    string           `json:"code"`
	First   int              `json:"first"`
	Count   int              `json:"count"`
	Seconds float64          `json:"seconds"`
	At      string           `json:"at"`
	Figures map[string]int64 `json:"figures,omitempty"`
	Failed  string           `json:"failed,omitempty"` // what runs it again
}

func readLedger(path string) (out []entry, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for i, line := range bytes.Split(raw, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, i+1, err)
		}
		out = append(out, e)
	}
	return out, nil
}

func appendTo(path string, e entry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(raw, '\n'))
	return errors.Join(err, f.Close())
}

// next is the slice that comes next: the first units, from the given one on, that no
// entry of this code has passed, as many as last about as long as a slice should.
func next(p part, ledger []entry, code string, length time.Duration, from int) (first, count int) {
	passed, seconds, units := make([]bool, p.size), 0.0, 0
	for _, e := range ledger {
		if e.Part != p.name || e.Code != code || e.Failed != "" {
			continue
		}
		seconds, units = seconds+e.Seconds, units+e.Count
		for i := e.First; i < min(e.First+e.Count, p.size); i++ {
			passed[i] = true
		}
	}
	from = min(from, p.size)
	first = slices.Index(passed[from:], false)
	if first < 0 {
		return p.size, 0
	}
	first += from
	hole := slices.Index(passed[first:], true)
	if hole < 0 {
		hole = p.size - first
	}
	count = p.step
	if units > 0 && p.speaks {
		count = max(1, int(length.Seconds()/(seconds/float64(units))))
	}
	return first, min(count, hole)
}

// mark is in front of the figures that a test ends with.
const mark = "GATE "

// figures adds up what the tests of one slice said of a part.
func figures(said, part string) (map[string]int64, error) {
	var sums map[string]int64
	for line := range strings.Lines(said) {
		_, raw, found := strings.Cut(line, mark+"{")
		if !found {
			continue
		}
		var f struct {
			Part    string           `json:"part"`
			Figures map[string]int64 `json:"figures"`
		}
		if err := json.Unmarshal([]byte("{"+raw), &f); err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		if f.Part == part {
			sums = add(sums, f.Figures)
		}
	}
	if sums == nil {
		return nil, errors.New("no figures came, so nothing was measured")
	}
	return sums, nil
}

// add sums up; of what begins with max it keeps the largest.
func add(sums, more map[string]int64) map[string]int64 {
	if sums == nil {
		sums = map[string]int64{}
	}
	for what, n := range more {
		if strings.HasPrefix(what, "max") {
			sums[what] = max(sums[what], n)
		} else {
			sums[what] += n
		}
	}
	return sums
}

// table is what was done on this code, as it can stand in a README.
func table(wanted []part, ledger []entry, c code) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nMeasured on server %s, with app %s.\n\n| part | done of asked | figures | took | failed slices |\n|---|---|---|---|---|\n", c.server, c.all)
	for _, p := range wanted {
		done, failed, seconds, sums := make([]bool, p.size), 0, 0.0, map[string]int64(nil)
		for _, e := range ledger {
			if e.Part != p.name || e.Code != c.of(p) {
				continue
			}
			seconds += e.Seconds
			if e.Failed != "" {
				failed++
				continue
			}
			for i := e.First; i < min(e.First+e.Count, p.size); i++ {
				done[i] = true
			}
			sums = add(sums, e.Figures)
		}
		n := 0
		for _, is := range done {
			if is {
				n++
			}
		}
		var words []string
		for _, what := range slices.Sorted(maps.Keys(sums)) {
			words = append(words, thousands(sums[what])+" "+what)
		}
		took := (time.Duration(seconds) * time.Second).String()
		fmt.Fprintf(&b, "| %s | %s of %s %s | %s | %s | %d |\n", p.name, thousands(int64(n)), thousands(int64(p.size)), p.units, strings.Join(words, ", "), took, failed)
	}
	return b.String()
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
