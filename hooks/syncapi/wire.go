package syncapi

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
)

// wire is what a live connection's lines go over.
type wire interface {
	// Send writes all of p now, within limits.LiveWrite: a stalled phone holds nobody up.
	Send(p []byte) error
}

// answered is the wire of an answer that stays open inside its handler.
type answered struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// Send writes and flushes.
func (a *answered) Send(p []byte) error {
	_ = a.rc.SetWriteDeadline(time.Now().Add(limits.LiveWrite)) // where it can't be set, the server's own limit ends the connection
	if _, err := a.w.Write(p); err != nil {
		return err
	}
	return a.rc.Flush()
}

// socket is the wire of an answer taken over from the HTTP server (HTTP/1.1):
// its handler returns, and all that the server keeps for a request goes with it.
// Of a device that only listens there remain two small goroutines.
type socket struct{ conn net.Conn }

// takeOver takes the connection of e's request from the server, and answers with
// the headers that were set so far. It returns nothing, and no error, where that
// can't be done: HTTP/2 has many requests on one connection.
func takeOver(e *core.RequestEvent) (*socket, error) {
	if !e.Request.ProtoAtLeast(1, 1) || e.Request.ProtoMajor > 1 {
		return nil, nil
	}
	conn, _, err := http.NewResponseController(e.Response).Hijack()
	if errors.Is(err, http.ErrNotSupported) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{}) // the server had set its own
	h := e.Response.Header().Clone()
	h.Set("Transfer-Encoding", "chunked")
	h.Set("Connection", "close") // as End does: else a client could send its next request where nobody reads
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	s, head := &socket{conn}, lines("HTTP/1.1 200 OK\r\n")
	if err := h.Write(&head); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := s.write(append(head, "\r\n"...)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

func (s *socket) write(p []byte) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(limits.LiveWrite)); err != nil {
		return err
	}
	_, err := s.conn.Write(p)
	return err
}

// Send writes one chunk, in one piece.
func (s *socket) Send(p []byte) error {
	b := strconv.AppendInt(make([]byte, 0, len(p)+16), int64(len(p)), 16)
	return s.write(append(append(append(b, "\r\n"...), p...), "\r\n"...))
}

// End writes the last chunk and closes.
func (s *socket) End() {
	_ = s.write([]byte("0\r\n\r\n")) // whoever is gone does not hear it
	_ = s.conn.Close()
}

// gone ends the returned context when the device closes the connection. It has
// nothing to say after its request: whatever it sends ends the connection, too.
func (s *socket) gone() context.Context {
	ctx, stop := context.WithCancelCause(context.Background())
	go func() {
		var b [1]byte
		n, err := s.conn.Read(b[:])
		if n > 0 {
			err = errors.New("live: the device said something")
		}
		stop(err)
	}()
	return ctx
}
