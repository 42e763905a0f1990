package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const (
	// fetchTime is for one request, its answer included.
	fetchTime = 30 * time.Second
	// maxBytes is for a whole feed, unpacked, over all its pages: Bristol's 819
	// services are 2 MB.
	maxBytes = 64 << 20
	// maxRedirects: a town's feed may have moved, but not in circles.
	maxRedirects = 5
)

// source is where a feed is read from.
type source struct {
	path string   // of a file, or empty
	url  *url.URL // or nil
	feed string   // the name under which its rows are found again
}

// String names the source for a person: never more of an address than its host,
// since the rest may be a secret that opens somebody's calendar.
func (s source) String() string {
	if s.url != nil {
		return s.url.Host
	}
	return s.path
}

var feedName = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,58}[a-z0-9])?$`)

func newSource(argument, feed string) (source, error) {
	var s source
	if strings.Contains(argument, "://") {
		u, err := url.Parse(argument)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return s, errors.New("that address can't be read: only http:// and https:// addresses can")
		}
		s.url = u
	} else {
		s.path = argument
	}
	s.feed = feed
	if feed == "" {
		s.feed = s.defaultName()
	}
	if !feedName.MatchString(s.feed) {
		return s, fmt.Errorf("%q can't be the name of a feed: give one with --feed, of a-z, 0-9, dot, hyphen and underscore, at most 60 characters", s.feed)
	}
	return s, nil
}

// defaultName is the file's name without its ending, or the host. Where a host
// may have several feeds, some characters that stand for the address follow:
// two calendars of one host must not mark each other's events gone. The address
// itself stays out of it, because everybody can read a listing's source.
func (s source) defaultName() string {
	if s.url == nil {
		base := filepath.Base(s.path)
		return slug(strings.TrimSuffix(base, filepath.Ext(base)))
	}
	name := s.url.Hostname()
	if segments := strings.Split(strings.Trim(s.url.Path, "/"), "/"); len(segments) > 1 {
		sum := sha256.Sum256([]byte(s.url.Host + s.url.Path))
		name += "-" + hex.EncodeToString(sum[:4])
	}
	return slug(name)
}

var notSlug = regexp.MustCompile(`[^a-z0-9._-]+`)

func slug(name string) string {
	name = notSlug.ReplaceAllString(strings.ToLower(name), "-")
	if len(name) > 60 {
		sum := sha256.Sum256([]byte(name))
		name = name[:50] + "-" + hex.EncodeToString(sum[:4])
	}
	return strings.Trim(name, "._-")
}

// reader reads one feed, whatever its pages, within one budget of bytes.
type reader struct {
	client *http.Client
	left   int64
}

func newReader() *reader {
	return &reader{left: maxBytes, client: &http.Client{
		Timeout: fetchTime,
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("it is redirected more than %d times", maxRedirects)
			}
			return nil
		},
	}}
}

// read gives the bytes of a source.
func (r *reader) read(ctx context.Context, s source) ([]byte, error) {
	if s.url != nil {
		return r.fetch(ctx, s.url)
	}
	file, err := os.Open(s.path)
	if err != nil {
		return nil, bare(err)
	}
	defer func() { _ = file.Close() }()
	return r.all(file)
}

func (r *reader) fetch(ctx context.Context, u *url.URL) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, bare(err)
	}
	request.Header.Set("Accept", "application/json, text/calendar;q=0.9, */*;q=0.5")
	request.Header.Set("User-Agent", "kith-import")
	response, err := r.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("it could not be fetched: %w", bare(err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s", response.Status)
	}
	return r.all(response.Body)
}

func (r *reader) all(body io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, r.left+1))
	if err != nil {
		return nil, fmt.Errorf("it broke off: %w", bare(err))
	}
	if r.left -= int64(len(data)); r.left < 0 {
		return nil, fmt.Errorf("it is larger than %d MB", maxBytes>>20)
	}
	return data, nil
}

// bare takes the address out of an error: it may hold a key.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
