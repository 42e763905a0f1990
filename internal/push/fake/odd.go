package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// shape is all that a message of Kith's may be; see docs/adr/0022.
type shape struct {
	DryRun  *bool `json:"validate_only"`
	Message struct {
		FID   *string `json:"fid"`
		Token *string `json:"token"`
		Topic *string `json:"topic"` // of a dry run alone
		Data  struct {
			V *string `json:"v"`
			N *string `json:"n"`
			K *string `json:"k"`
		} `json:"data"`
		Webpush struct {
			Headers struct {
				TTL     *string `json:"TTL"`
				Urgency *string `json:"Urgency"`
				Topic   *string `json:"Topic"`
			} `json:"headers"`
		} `json:"webpush"`
	} `json:"message"`
}

var noticeID = regexp.MustCompile(`^[a-z0-9]{1,40}$`)

// urgencies are what follows from each kind, and so says nothing beside it.
var urgencies = map[string]string{"loyalty": "normal", "notice": "normal", "task": "high", "account": "high"}

// headerNames are those that a request to send has, whatever it says.
var headerNames = []string{"Accept-Encoding", "Content-Length", "Content-Type", "User-Agent", "X-Goog-Api-Format-Version"}

// Odd says of every request so far that differs from what Kith may send, what is odd in it.
// Every test that sends ends with a look at it.
func (s *Server) Odd() []string {
	var out []string
	for _, r := range s.Requests() {
		if why := odd(r); why != "" {
			out = append(out, why+": "+r.Body)
		}
	}
	return out
}

func odd(r Request) string {
	var m shape
	d := json.NewDecoder(bytes.NewReader([]byte(r.Body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return err.Error()
	}
	if d.More() {
		return "more than one value"
	}
	dry := m.DryRun != nil && *m.DryRun
	data, h := m.Message.Data, m.Message.Webpush.Headers
	switch {
	case dry != (m.Message.Topic != nil):
		return "a topic, which is for a dry run alone"
	case data.V == nil || *data.V != "1":
		return "no version"
	case data.N == nil || !noticeID.MatchString(*data.N):
		return "n is no id"
	case data.K == nil || urgencies[*data.K] == "":
		return "k is none of four"
	case h.TTL == nil || *h.TTL != "86400":
		return "another time to live"
	case h.Urgency == nil || *h.Urgency != urgencies[*data.K]:
		return "another urgency than its kind's"
	case h.Topic == nil || *h.Topic != *data.K:
		return "another collapse key than its kind"
	}
	return oddHeader(r.Raw)
}

func oddHeader(raw string) string {
	head, _, _ := strings.Cut(raw, "\n\n")
	for _, line := range strings.Split(head, "\n")[1:] {
		if name, _, _ := strings.Cut(line, ": "); !slices.Contains(headerNames, name) {
			return fmt.Sprintf("a header that says more (%s)", line)
		}
	}
	return ""
}

// plain is a request without its own ids.
func (r Request) plain() string {
	raw := r.Raw
	for _, id := range []string{r.N, r.To} {
		if id != "" {
			raw = strings.ReplaceAll(raw, id, "ID")
		}
	}
	return raw
}

// Holds finds words in everything that came, tokens' claims included. It says where.
//
// NB! Where each message goes, and its own id, are random: one in some thousands of them
// has a name of three letters in it.
func (s *Server) Holds(words ...string) []string {
	s.mu.Lock()
	all := slices.Clone(s.tokenRaw)
	for _, r := range s.requests {
		all = append(all, r.plain())
	}
	s.mu.Unlock()
	var out []string
	for _, text := range all {
		low := strings.ToLower(text)
		for _, w := range words {
			if w != "" && strings.Contains(low, strings.ToLower(w)) {
				out = append(out, w+" in "+text)
			}
		}
	}
	return out
}
