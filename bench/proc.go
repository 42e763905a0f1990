package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// client keeps connections open and leaves decompressing to us, so that bytes
// are counted as they travel.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}

// do asks the server and returns the body as it travelled.
func (s *server) do(method, path, token string, body any, header map[string]string) ([]byte, error) {
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		r = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, s.url+path, r)
	if err != nil {
		return nil, err
	}
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %d %.200s", method, path, res.StatusCode, raw)
	}
	return raw, err
}

// cpu is the processor time that the server has used, to the nanosecond: the
// kernel keeps a clock for each process (clock_getcpuclockid).
func (s *server) cpu() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(int32(^s.cmd.Process.Pid<<3|2), &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// memory is the server's resident set in bytes.
func (s *server) memory() float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	return float64(pages * int64(os.Getpagesize()))
}

// own is this process's processor time.
func own() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// times runs f n times and returns the server's processor time and the wall
// time of one run.
func (s *server) times(n int, f func(i int) error) (cpu, wall time.Duration, err error) {
	before, began := s.cpu(), time.Now()
	for i := range n {
		if err := f(i); err != nil {
			return 0, 0, err
		}
	}
	return (s.cpu() - before) / time.Duration(n), time.Since(began) / time.Duration(n), nil
}
