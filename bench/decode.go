package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// decoded has two readers read the same spoilt pictures of a card: app/bench/decode.mjs.
func decoded(r *report) error {
	cmd := exec.Command("node", "bench/decode.mjs")
	cmd.Dir, cmd.Stderr = "app", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("reading cards: %w", err)
	}
	type read struct {
		Way                 string
		Frames, Zxing, Jsqr float64
	}
	var f struct {
		read
		ZxingMs, JsqrMs float64
		Ways            []read
	}
	if err := json.Unmarshal(out, &f); err != nil {
		return fmt.Errorf("reading cards: %w in %q", err, out)
	}
	share := func(n float64, of read) float64 { return 100 * n / of.Frames }
	for _, w := range f.Ways {
		what := fmt.Sprintf("a card read, %g pictures: %s", w.Frames, w.Way)
		if w.Jsqr == 0 {
			r.plain(what+" (jsQR none)", share(w.Zxing, w), "%")
			continue
		}
		r.beside(what, share(w.Zxing, w), "%", "jsQR", share(w.Jsqr, w))
	}
	r.against(fmt.Sprintf("a card read, all %g spoilt pictures", f.Frames), share(f.Zxing, f.read), "%", "jsQR", share(f.Jsqr, f.read), false, 1)
	r.beside("the same, a picture (median)", f.ZxingMs, "ms", "jsQR", f.JsqrMs)
	return nil
}
