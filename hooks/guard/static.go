package guard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/problem"
)

// static is the built app, read once: it is a few hundred kB.
type static struct{ files map[string]file }

type file struct {
	plain     []byte
	gz        func() []byte // nil where it would not be smaller
	kind, tag string
}

// types that Go's own table lacks, so that they don't depend on the machine.
var types = map[string]string{
	".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".wasm": "application/wasm",
}

func newStatic(public fs.FS) (*static, error) {
	s, p := &static{files: map[string]file{}}, &packer{}
	var err error
	if p.to, err = gzip.NewWriterLevel(nil, gzip.BestCompression); err != nil {
		return nil, err
	}
	err = fs.WalkDir(public, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(public, name)
		if err != nil {
			return err
		}
		s.files[name] = p.file(name, body)
		return nil
	})
	return s, err
}

// packer compresses each file when it is first asked for: all of them at a start
// were half of what a start takes. One writer for all: it is a megabyte.
type packer struct {
	mu sync.Mutex
	to *gzip.Writer
}

func (p *packer) file(name string, body []byte) file {
	sum := sha256.Sum256(body)
	f := file{plain: body, kind: types[path.Ext(name)], tag: hex.EncodeToString(sum[:8])}
	if f.kind == "" {
		f.kind = mime.TypeByExtension(path.Ext(name))
	}
	f.gz = sync.OnceValue(func() []byte { return p.pack(body) })
	return f
}

func (p *packer) pack(body []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	var gz bytes.Buffer
	p.to.Reset(&gz)
	_, err := p.to.Write(body)
	// Into memory neither fails; if it did, the plain file is an answer, too.
	if err = errors.Join(err, p.to.Close()); err != nil || gz.Len() >= len(body)*9/10 {
		return nil
	}
	return gz.Bytes()
}

// serve answers with a file, or with the app itself for an address that is one
// of its screens. Names with a dot, and the API, are never screens.
func (s *static) serve(e *core.RequestEvent) error {
	name := e.Request.PathValue(apis.StaticWildcardParam)
	if name == "index.html" { // one address a page: a worker must not keep a redirect
		return e.Redirect(http.StatusMovedPermanently, "/")
	}
	f, found, ok := s.find(name)
	if !ok {
		if len(s.files) == 0 {
			return e.String(http.StatusNotFound, "The app isn't built. Run `make build`.\n")
		}
		return problem.NotFound.Because(nil)
	}
	h := e.Response.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(found, "assets/") { // their names change with their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag, coding := f.plain, f.tag, ""
	if strings.Contains(e.Request.Header.Get("Accept-Encoding"), "gzip") {
		if gz := f.gz(); gz != nil {
			body, tag, coding = gz, f.tag+"-gzip", "gzip" // other bytes, another name
		}
	}
	tag = `"` + tag + `"`
	h.Set("ETag", tag)
	if held(e.Request.Header.Values("If-None-Match"), tag) {
		return e.NoContent(http.StatusNotModified)
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	return e.Blob(http.StatusOK, f.kind, body)
}

// held says whether tag is among the lists of what a browser has (RFC 9110, 13.1.2); a
// proxy on the way may have called it weak.
//
// NB! Not http.ServeContent: it also says no to ranges and to If-Match, in its own words.
func held(lists []string, tag string) bool {
	for one := range strings.SplitSeq(strings.Join(lists, ","), ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}

// is says whether a path is a file or a screen of the app.
func (s *static) is(path string) bool {
	_, _, ok := s.find(strings.TrimPrefix(path, "/"))
	return ok && !strings.HasPrefix(path, "/api/")
}

func (s *static) find(name string) (file, string, bool) {
	if name == "" {
		name = "index.html"
	}
	if f, ok := s.files[name]; ok {
		return f, name, true
	}
	if strings.Contains(path.Base(name), ".") || strings.HasPrefix(name, "assets/") {
		return file{}, name, false
	}
	f, ok := s.files["index.html"]
	return f, "index.html", ok
}
