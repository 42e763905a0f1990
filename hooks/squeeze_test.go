package hooks_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Ensure that an answer of the sync comes by the best packing that a device takes
// (docs/adr/0009), and says the same by each.
func TestPull_IsPackedAsTheDeviceTakesIt(t *testing.T) {
	w := newTown(t)
	for range 30 {
		w.weekly("Lunch club")
	}
	ask := func(takes string) (coding string, said []byte) {
		t.Helper()
		r, rec := httptest.NewRequest("GET", "http://kith.test/api/sync/public/-/0/0", nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", takes)
		w.mux.ServeHTTP(rec, r)
		if rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		coding = rec.Header().Get("Content-Encoding")
		var from io.Reader = rec.Body
		switch coding {
		case "zstd":
			z, err := zstd.NewReader(rec.Body)
			must(t, err)
			defer z.Close()
			from = z
		case "gzip":
			z, err := gzip.NewReader(rec.Body)
			must(t, err)
			from = z
		}
		said, err := io.ReadAll(from)
		must(t, err)
		return coding, said
	}
	rows := func(said []byte) []byte { // but for the first line, which has the time
		_, after, _ := bytes.Cut(said, []byte("\n"))
		return after
	}
	_, plain := ask("")
	for takes, want := range map[string]string{"": "", "br": "", "gzip": "gzip", "gzip, deflate, br, zstd": "zstd", "zstd": "zstd", "zstd;q=0, gzip": "gzip"} {
		coding, said := ask(takes)
		if coding != want {
			t.Errorf("%q gets %q, not %q", takes, coding, want)
		}
		if !bytes.Equal(rows(said), rows(plain)) {
			t.Errorf("%q says something else: %.300s", takes, said)
		}
	}
}
