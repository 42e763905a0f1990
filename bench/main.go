// Command bench measures Kith against limits and peers, all in one run, with
// 10,000 listings of real length: `make bench`. It prints a table and one JSON
// line a figure. Peers are measured beside, in the same minute on the same
// machine, so that ratios hold where absolute times don't.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	binary := flag.String("kith", "./kith", "the server to measure")
	listings := flag.Int("listings", 10_000, "how many listings")
	devices := flag.Int("devices", 5_000, "how many live devices at most")
	profiles := flag.String("profile", "", "a folder for CPU and allocation profiles; the server measured is then this program itself")
	port := flag.String("port", "8399", "where the server listens, on this machine alone")
	parts := flag.String("parts", "first,delta,push,stamps,told,nothing,live", "what to measure")
	phone := flag.Bool("phone", true, "measure in Chromium, too (needs npm packages and Chromium)")
	if len(os.Args) > 2 && os.Args[1] == "profiled" {
		if err := profiled(os.Args[2], os.Args[3:]); err != nil {
			log.Fatal(err)
		}
		return
	}
	flag.Parse()
	if err := run(*binary, *profiles, *port, *parts, *listings, *devices, *phone); err != nil {
		log.Fatal(err)
	}
}

func run(binary, profiles, port, parts string, listings, devices int, phone bool) error {
	dir, err := os.MkdirTemp("", "kith-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log.Printf("filling a community with %d listings …", listings)
	if err := fill(dir, listings); err != nil {
		return err
	}
	if err := errors.Join(invite(dir), cardKeys(dir)); err != nil {
		return err
	}
	defer os.Remove(dir + ".card-keys")
	s, err := open(binary, profiles, dir, port)
	if err != nil {
		return err
	}
	defer s.stop()
	r := &report{}
	for _, part := range strings.Split(parts, ",") {
		measure, ok := map[string]func(*server, *report) error{
			"first": firstSync, "delta": delta, "push": push, "stamps": stamps, "told": told, "nothing": nothingNew,
			"live": func(s *server, r *report) error { return live(s, r, devices) },
		}[part]
		if !ok {
			return fmt.Errorf("no part %q", part)
		}
		if err := measure(s, r); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	if phone {
		if err := inChromium(s, r); err != nil {
			return err
		}
		if err := atTill(binary, r); err != nil {
			return err
		}
		if err := decoded(r); err != nil {
			return err
		}
	}
	r.print()
	return nil
}

// figure is one line of the report: a value beside its limit or peer.
type figure struct {
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Peer  string  `json:"peer,omitempty"`
	Of    float64 `json:"peerValue,omitempty"`
	Ratio float64 `json:"ratio,omitempty"`
	Limit string  `json:"limit,omitempty"`
	Holds *bool   `json:"holds,omitempty"`
}

type report struct{ figures []figure }

func (r *report) plain(what string, value float64, unit string) {
	r.figures = append(r.figures, figure{What: what, Value: value, Unit: unit})
}

// against compares value with a peer's; the ratio is held to at most or at least limit.
func (r *report) against(what string, value float64, unit, peer string, of float64, atMost bool, limit float64) {
	ratio := value / of
	holds, sign := ratio <= limit, "≤"
	if !atMost {
		holds, sign = ratio >= limit, "≥"
	}
	r.figures = append(r.figures, figure{what, value, unit, peer, of, ratio, fmt.Sprintf("%s %g ×", sign, limit), &holds})
}

// beside shows a value with a peer's that it isn't held to.
func (r *report) beside(what string, value float64, unit, peer string, of float64) {
	r.figures = append(r.figures, figure{What: what, Value: value, Unit: unit, Peer: peer, Of: of, Ratio: value / of})
}

// within holds a value to a limit of its own.
func (r *report) within(what string, value float64, unit string, limit float64) {
	holds := value <= limit
	r.figures = append(r.figures, figure{What: what, Value: value, Unit: unit, Limit: fmt.Sprintf("≤ %g %s", limit, unit), Holds: &holds})
}

func (r *report) print() {
	for _, f := range r.figures {
		peer, verdict := "", ""
		if f.Peer != "" {
			peer = fmt.Sprintf("%.2f × %s (%.4g %s)", f.Ratio, f.Peer, f.Of, f.Unit)
		}
		if f.Holds != nil {
			verdict = map[bool]string{true: "holds", false: "MISSED"}[*f.Holds]
		}
		fmt.Printf("%-70s %10.4g %-6s %-52s %-12s %s\n", f.What, f.Value, f.Unit, peer, f.Limit, verdict)
	}
	fmt.Println()
	enc := json.NewEncoder(os.Stdout)
	for _, f := range r.figures {
		if err := enc.Encode(f); err != nil {
			log.Fatal(err)
		}
	}
}
