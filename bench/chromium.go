package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// inChromium runs the phone's part: app/bench/phone.mjs against this server.
func inChromium(s *server, r *report) error {
	cmd := exec.Command("node", "bench/phone.mjs", s.url)
	cmd.Dir, cmd.Stderr = "app", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("in Chromium: %w", err)
	}
	var f struct{ FirstListMs, WholeListMs, SearchMs, EarlySearchMs float64 }
	if err := json.Unmarshal(out, &f); err != nil {
		return fmt.Errorf("in Chromium: %w in %q", err, out)
	}
	r.within("Chromium, CPU ×4: the first listing on screen", f.FirstListMs, "ms", 3000)
	r.plain("Chromium, CPU ×4: all rows applied, and in the list", f.WholeListMs, "ms")
	r.within("Chromium, CPU ×4: a search key to painted result, at rest", f.SearchMs, "ms", 200)
	r.within("Chromium, CPU ×4: the same as soon as the list stands", f.EarlySearchMs, "ms", 200)
	return nil
}

// atTill runs a till's part: app/bench/till.mjs, with a demo of its own.
func atTill(binary string, r *report) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	cmd := exec.Command("node", "bench/till.mjs", binary)
	cmd.Dir, cmd.Stderr = "app", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("at the till: %w", err)
	}
	var f struct{ FirstMs, TapMs, ReadMs float64 }
	if err := json.Unmarshal(out, &f); err != nil {
		return fmt.Errorf("at the till: %w in %q", err, out)
	}
	r.within("a till, CPU ×6: tap to verdict, stamped and on disk", f.TapMs, "ms", 1500)
	r.within("the same, the first time after the page was opened", f.FirstMs, "ms", 1500)
	r.plain("the same, from the card before a camera that looks already", f.ReadMs, "ms")
	return nil
}
