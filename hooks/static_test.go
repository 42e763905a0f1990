package hooks_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http/httptest"
	"sync"
	"testing"
)

// Ensure that the app's files come packed to who can unpack them and plain to who
// can't, also where many ask at once for what nobody has asked for before; and that
// what would not be smaller is never packed.
func TestStatic_ComesPackedToWhoUnpacksIt(t *testing.T) {
	w := newTown(t)
	ask := func(path, takes string) *httptest.ResponseRecorder {
		r, rec := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", takes)
		w.mux.ServeHTTP(rec, r)
		return rec
	}
	raw, err := fs.ReadFile(page, "index.html")
	must(t, err)
	whole := string(raw)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			rec := ask("/", "gzip, br")
			if rec.Header().Get("Content-Encoding") != "gzip" || rec.Body.Len() > len(whole)/2 {
				t.Errorf("%d bytes, %v", rec.Body.Len(), rec.Header())
				return
			}
			z, err := gzip.NewReader(rec.Body)
			if err != nil {
				t.Error(err)
				return
			}
			if raw, err := io.ReadAll(z); err != nil || string(raw) != whole {
				t.Errorf("%q, %v", raw, err)
			}
		})
	}
	all.Wait()
	for _, plain := range []*httptest.ResponseRecorder{ask("/", ""), ask("/assets/app-1a.js", "gzip")} {
		if plain.Header().Get("Content-Encoding") != "" || plain.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("not plain: %v", plain.Header())
		}
	}
	if rec := ask("/", ""); rec.Body.String() != whole {
		t.Errorf("%q", rec.Body)
	}
}
