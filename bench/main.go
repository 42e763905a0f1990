// Command bench measures Kith against limits and peers, all in one run, with
// 10,000 listings of real length: `make bench`. It prints a table and one JSON
// line a figure. Peers are measured beside, in the same minute on the same
// machine, so that ratios hold where absolute times don't.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	binary := flag.String("kith", "./kith", "the server to measure")
	listings := flag.Int("listings", 10_000, "how many listings")
	devices := flag.Int("devices", 2_000, "how many live devices at most")
	phone := flag.Bool("phone", true, "measure in Chromium, too (needs npm packages and Chromium)")
	flag.Parse()
	if err := run(*binary, *listings, *devices, *phone); err != nil {
		log.Fatal(err)
	}
}

func run(binary string, listings, devices int, phone bool) error {
	dir, err := os.MkdirTemp("", "kith-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log.Printf("filling a community with %d listings …", listings)
	if err := fill(dir, listings); err != nil {
		return err
	}
	s, err := start(binary, dir)
	if err != nil {
		return err
	}
	s.edited = listingID(listings - 1)
	defer s.stop()
	r := &report{}
	for _, part := range []func(*server, *report) error{firstSync, delta, push, nothingNew} {
		if err := part(s, r); err != nil {
			return err
		}
	}
	for _, n := range []int{devices / 10, devices} {
		if err := live(s, r, n); err != nil {
			return err
		}
	}
	if phone {
		if err := inChromium(s, r); err != nil {
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

// server is a kith process under measurement.
type server struct {
	cmd  *exec.Cmd
	dir  string
	url  string
	root string // a superuser's token, for PocketBase's own list API
	// edited is the listing that changes while devices listen.
	edited string
}

func start(binary, dir string) (*server, error) {
	bin, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	const password = "bench-0123456789"
	if out, err := exec.Command(bin, "superuser", "upsert", "bench@example.org", password, "--dir", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	s := &server{dir: dir, url: "http://127.0.0.1:8399"}
	s.cmd = exec.Command(bin, "serve", "--dir", dir, "--http", strings.TrimPrefix(s.url, "http://"))
	s.cmd.Env = append(os.Environ(), "KITH_RATE_LIMITS=off")
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if body, err := s.do("GET", "/api/health", "", nil, nil); err == nil && len(body) > 0 {
			var in struct{ Token string }
			body, err := s.do("POST", "/api/collections/_superusers/auth-with-password", "", map[string]string{"identity": "bench@example.org", "password": password}, nil)
			if err == nil {
				err = json.Unmarshal(body, &in)
			}
			s.root = in.Token
			return s, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("the server did not start")
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait() // its exit says nothing about the figures
}
