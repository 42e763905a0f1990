package fake

import (
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Request is one to send.
type Request struct {
	Raw    string // all of it that Google can read: the line, the headers, the body
	Body   string
	To     string // a fid, a token, or a topic
	FID    bool
	N, K   string
	DryRun bool
	Status int // of the answer; 0: the connection was cut
	Turn   int // how many came before it
}

// maxBody is what the fake reads of one; Google's bound is on the data, see TooBig.
const maxBody = 1 << 20

func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	req := Request{Raw: raw(r, body), Body: string(body)}
	m, wrong := parse(body)
	if m != nil {
		req.To, req.FID, req.N, req.K, req.DryRun = m.to, m.fid, m.data["n"], m.data["k"], m.dryRun
	}
	a := s.judge(r, &req, wrong)
	if a.Cut {
		s.keep(req, a)
		_ = r.Context().Value(conn{}).(net.Conn).Close()
		panic(http.ErrAbortHandler)
	}
	if a.Slow != nil {
		select {
		case <-a.Slow:
		case <-r.Context().Done():
		}
	}
	req.Status = a.Status
	s.keep(req, a)
	give(w, a, strconv.Itoa(req.Turn))
}

// judge answers one request, in the order in which Google's layers look at it.
func (s *Server) judge(r *http.Request, req *Request, wrong *Answer) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	req.Turn = s.turns
	s.turns++
	until, known := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	switch {
	case r.PathValue("send") != "messages:send":
		return Answer{Status: http.StatusNotFound, Body: "<html>404</html>"}
	case !known || !s.Now().Before(until):
		return unauthenticated()
	case s.forbid, r.PathValue("project") != Project:
		return denied()
	case s.off:
		return apiOff()
	case wrong != nil:
		return *wrong
	case req.DryRun:
		return Answer{Status: http.StatusOK}
	}
	if a, ok := s.closed[req.To]; ok {
		return a
	}
	if s.decide != nil {
		return s.decide(*req)
	}
	return OK()
}

func (s *Server) keep(req Request, a Answer) {
	s.mu.Lock()
	s.requests = append(s.requests, req)
	if a.Taken {
		s.accepted[req.To+" "+req.N]++
	}
	heard := s.heard
	s.mu.Unlock()
	if heard != nil {
		heard(req)
	}
}

// raw is what whoever runs the other end can read.
func raw(r *http.Request, body []byte) string {
	var b strings.Builder
	b.WriteString(r.Method + " " + r.URL.String() + " " + r.Proto + "\n")
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name != "Authorization" {
			b.WriteString(name + ": " + strings.Join(r.Header[name], ", ") + "\n")
		}
	}
	return b.String() + "\n" + string(body)
}
