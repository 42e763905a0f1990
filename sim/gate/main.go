// Command gate runs the tests that decide a release at the size of a release, in
// slices of a few minutes, and keeps a ledger of what was done on which code.
// Started again, it goes on with what is missing for the same code.
//
//	go run ./sim/gate -parts sim,crash -minutes 20
//	go run ./sim/gate report
//	go run ./sim/gate -code 7aee335694ee report
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	parts := flag.String("parts", "", "which parts, with commas between; empty: all")
	minutes := flag.Int("minutes", 0, "begin no slice after so many minutes; 0: go on to the end")
	slice := flag.Duration("slice", 3*time.Minute, "how long a slice should take")
	from := flag.Int("from", 0, "begin with this unit of a part, and leave those before it to another time")
	ledger := flag.String("ledger", "sim/gate/ledger.jsonl", "where what was done is written down")
	of := flag.String("code", "", "report what was done of the code of this name; empty: of what stands here")
	flag.Parse()
	wanted, err := choose(*parts)
	if err == nil && flag.Arg(0) == "report" {
		err = report(*ledger, wanted, *of)
	} else if err == nil {
		g := &gate{ledger: *ledger, slice: *slice, from: *from}
		if *minutes > 0 {
			g.until = time.Now().Add(time.Duration(*minutes) * time.Minute)
		}
		err = g.run(wanted)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// report prints the sums of what was done on the code of this name, or as it is.
func report(ledger string, wanted []part, of string) error {
	c := code{server: of, all: of}
	if of == "" {
		var err error
		if c, err = identity("."); err != nil {
			return err
		}
	}
	done, err := readLedger(ledger)
	if err != nil {
		return err
	}
	fmt.Print(table(wanted, done, c))
	return nil
}

// gate is one run: until is when no new slice begins, the zero time never comes.
type gate struct {
	ledger string
	slice  time.Duration
	from   int
	until  time.Time
	code   code
	tools  tools
}

// errTime says that the minutes are over. It is no failure.
var errTime = errors.New("the minutes are over")

func (g *gate) run(wanted []part) (err error) {
	if g.code, err = identity("."); err != nil {
		return err
	}
	if g.tools, err = build(); err != nil {
		return err
	}
	for _, p := range wanted {
		if err = g.part(p); err != nil {
			break
		}
	}
	if err != nil && !errors.Is(err, errTime) {
		return err
	}
	return report(g.ledger, wanted, "")
}

// part runs what is missing of one part, slice by slice.
func (g *gate) part(p part) error {
	for {
		done, err := readLedger(g.ledger)
		if err != nil {
			return err
		}
		first, count := next(p, done, g.code.of(p), g.slice, g.from)
		if count == 0 {
			return nil
		}
		if !g.until.IsZero() && time.Now().After(g.until) {
			return errTime
		}
		if err := g.play(p, first, count); err != nil {
			return err
		}
	}
}

// play runs one slice and writes down what came of it.
func (g *gate) play(p part, first, count int) error {
	c := p.command(g.tools, first, count)
	fmt.Printf("%-11s %d to %d of %d: ", p.name, first+1, first+count, p.size)
	start := time.Now()
	said, err := c.run()
	e := entry{Part: p.name, Code: g.code.of(p), First: first, Count: count, Seconds: time.Since(start).Seconds(), At: start.UTC().Format(time.RFC3339)}
	if err == nil && p.speaks {
		e.Figures, err = figures(said, p.name)
	}
	fmt.Printf("%.0f s\n", e.Seconds)
	if now, e := identity("."); e != nil || now.of(p) != g.code.of(p) {
		return errors.Join(e, errors.New("the code changed while it was measured, so this slice counts for nothing"))
	}
	if err != nil {
		e.Failed, e.Figures = c.anywhere(), nil
	}
	if e := appendTo(g.ledger, e); e != nil {
		return e
	}
	if err != nil {
		all := filepath.Join(built, p.name+".failed")
		e := os.WriteFile(all, []byte(said), 0o644)
		return errors.Join(fmt.Errorf("%s\n%s: %w, all of it is in %s\nagain: %s", strings.TrimSpace(tail(said, 3000)), p.name, err, all, c), e)
	}
	return nil
}

func tail(text string, n int) string { return text[max(0, len(text)-n):] }
