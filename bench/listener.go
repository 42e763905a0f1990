package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	gosync "sync"
	"time"
)

// listen opens a live connection for each device, and returns when all are at
// the present. It shares the cores with the server, so it does as little as it
// can: a socket, one goroutine and 2 kB a device, no HTTP client, and of each
// line it looks only whether it is the end of a frame.
func listen(devices []*device, heard chan<- time.Time) (stop func(), err error) {
	sockets := make([]net.Conn, len(devices))
	var wg gosync.WaitGroup
	err = side(len(devices), func(i int) error {
		conn, lines, err := devices[i].connect()
		if err != nil {
			return err
		}
		sockets[i] = conn
		wg.Go(func() { hear(lines, heard) })
		return nil
	})
	return func() {
		for _, s := range sockets {
			if s != nil {
				_ = s.Close() // that it is closed is all
			}
		}
		wg.Wait()
	}, err
}

// connect asks for the live lines and reads the first of them.
func (d *device) connect() (net.Conn, *bufio.Reader, error) {
	body, err := json.Marshal(map[string]any{"protocol": 1, "schema": 1, "stream": d.stream, "cursor": d.cursor})
	if err != nil {
		return nil, nil, err
	}
	host := d.url[len("http://"):]
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, nil, err
	}
	if _, err := fmt.Fprintf(conn, "POST /api/sync/live HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", host, d.token, len(body), body); err != nil {
		return nil, nil, err
	}
	res, err := http.ReadResponse(bufio.NewReaderSize(conn, 2048), nil)
	if err != nil {
		return nil, nil, err
	}
	lines := bufio.NewReaderSize(res.Body, 16) // the smallest there is: lines go through it in pieces
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, nil, fmt.Errorf("live: %d, %w", res.StatusCode, err)
		}
		if res.StatusCode != http.StatusOK || !bytes.HasPrefix([]byte(line), []byte(`{"head"`)) {
			return nil, nil, fmt.Errorf("live: %d %s", res.StatusCode, line)
		}
		return conn, lines, nil
	}
}

// hear tells of every frame that shows a change of the room.
func hear(lines io.Reader, heard chan<- time.Time) {
	mark, buf := []byte(`"room":"Room `), make([]byte, 1024)
	kept := 0 // of the piece before, for a mark that lies across two
	for {
		n, err := lines.Read(buf[kept:])
		if err != nil {
			return
		}
		all := buf[:kept+n]
		if bytes.Contains(all, mark) {
			heard <- time.Now()
			all = all[:0]
		}
		kept = copy(buf, all[max(0, len(all)-len(mark)+1):])
	}
}
