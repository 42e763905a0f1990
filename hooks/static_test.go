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

// Ensure that what is packed and what is plain have names of their own, and that whoever
// has one of them is told so and sent nothing, in each way in which that may be asked.
func TestStatic_IsNotSentToWhoHasIt(t *testing.T) {
	w := newTown(t)
	ask := func(takes string, has ...string) *httptest.ResponseRecorder {
		r, rec := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", takes)
		r.Header["If-None-Match"] = has
		w.mux.ServeHTTP(rec, r)
		return rec
	}
	plain, packed := ask("").Header().Get("ETag"), ask("gzip").Header().Get("ETag")
	if plain == "" || packed == "" || plain == packed {
		t.Errorf("plain %s, packed %s", plain, packed)
	}
	for _, has := range [][]string{{packed}, {"W/" + packed}, {"*"}, {`"a", W/"b", ` + packed}, {`"a"`, packed}, {`"a" ,W/` + packed + ` `}} {
		rec := ask("gzip", has...)
		if rec.Code != 304 || rec.Body.Len() > 0 || rec.Header().Get("ETag") != packed || rec.Header().Get("Content-Encoding") != "" {
			t.Errorf("%q: %d %v", has, rec.Code, rec.Header())
		}
	}
	for _, has := range [][]string{{plain}, {`"a"`}, {packed[1:]}, {""}} {
		if rec := ask("gzip", has...); rec.Code != 200 {
			t.Errorf("%q: %d", has, rec.Code)
		}
	}
}

// Ensure that a screen or file that is asked in another way says in which it may be, and
// that what isn't there is not there in any way.
func TestStatic_SaysHowItMayBeAsked(t *testing.T) {
	w := newTown(t)
	for _, path := range []string{"/x", "/assets/app-1a.js"} {
		if rec := w.ask("PUT", path, "", nil); rec.Code != 405 || rec.Header().Get("Allow") != "GET" {
			t.Errorf("%s: %d, allow %q", path, rec.Code, rec.Header().Get("Allow"))
		}
	}
	for _, path := range []string{"/x.js", "/assets/none", "/api/nosuch", "/api/"} {
		wantProblem(t, w.ask("PUT", path, "", nil), 404, "not_found")
	}
	if got := w.ask("GET", "/api/sync/public/-/0/0", "", nil).Header().Values("Vary"); len(got) != 1 || got[0] != "Accept-Encoding" {
		t.Errorf("a chunk varies by %q", got)
	}
}
