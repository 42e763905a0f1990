// Package fake is Google for tests: FCM's HTTP v1 API and the endpoint that gives tokens
// to service accounts, on this machine, over HTTP/2. It answers as Google's documentation
// says that they do, and keeps every byte that it is sent.
//
// What it answers, and the bounds it keeps, are taken from
//
//	https://firebase.google.com/docs/cloud-messaging/error-codes
//	https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
//	https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
//	https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send
//	https://firebase.google.com/docs/cloud-messaging/scale-fcm
//	https://developers.google.com/identity/protocols/oauth2/service-account
package fake

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Project is whom the fake believes itself to be.
const Project = "kith-fake"

// Server is one Google.
type Server struct {
	Now func() time.Time // as of when tokens are judged; set before the first request

	at   string
	http *http.Server

	mu       sync.Mutex
	decide   func(Request) Answer
	closed   map[string]Answer // of addresses, by Answer
	tokens   map[string]time.Time
	refuse   *Refusal // the next answers of the endpoint of tokens
	turns    int
	requests []Request
	tokenRaw []string // requests for tokens, with their claims as they read
	heard    func(Request)
	accepted map[string]int
	off      bool // the API
	forbid   bool
}

// Start makes a server at an address of this machine, such as 127.0.0.1:0.
func Start(at string) (*Server, error) {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, err
	}
	s := &Server{Now: time.Now, at: "http://" + l.Addr().String(), closed: map[string]Answer{}, tokens: map[string]time.Time{}, accepted: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/projects/{project}/{send}", s.send)
	mux.HandleFunc("POST /token", s.token)
	s.http = &http.Server{Handler: mux, Protocols: new(http.Protocols), ConnContext: func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, conn{}, c)
	}}
	s.http.Protocols.SetHTTP1(true) // by hand, with curl
	s.http.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = s.http.Serve(l) }()
	return s, nil
}

// conn finds the connection of a request, for cutting it.
type conn struct{}

// URL is where it answers: KITH_FCM_ENDPOINT.
func (s *Server) URL() string { return s.at }

// Close ends it; connections are cut.
func (s *Server) Close() { _ = s.http.Close() }

// Decide says how messages are answered from here on; nil: taken, each of them.
func (s *Server) Decide(by func(Request) Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decide = by
}

// Answer says how messages to one address are answered from here on, before Decide is asked.
func (s *Server) Answer(to string, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed[to] = a
}

// APIOff is a project in which Firebase Cloud Messaging is switched off.
func (s *Server) APIOff(off bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off = off
}

// Forbid is an account that may not send.
func (s *Server) Forbid(forbid bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forbid = forbid
}

// Hear is called with each request to send, once it was answered.
func (s *Server) Hear(f func(Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = f
}

// Requests are those to send, in the order in which they came.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Accepted counts, by address and notice, how often a message was taken: also where the
// connection was cut before anybody heard of it. The key is to+" "+n.
func (s *Server) Accepted() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]int, len(s.accepted))
	for k, v := range s.accepted {
		out[k] = v
	}
	return out
}
