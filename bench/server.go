package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// server is a kith process under measurement.
type server struct {
	program  []string // what to run
	profiles string   // folder of profiles; empty: none
	cmd      *exec.Cmd
	dir      string
	url      string
	root     string // a superuser's token, for PocketBase's own list API
}

const benchPassword = "bench-0123456789"

// open makes the superuser and starts the server.
func open(binary, profiles, dir, port string) (*server, error) {
	s := &server{dir: dir, url: "http://127.0.0.1:" + port}
	bin, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	s.program = []string{bin}
	if profiles != "" {
		if s.profiles, err = filepath.Abs(profiles); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(s.profiles, 0o755); err != nil {
			return nil, err
		}
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		s.program = []string{self, "profiled", s.profiles}
	}
	if out, err := s.command("superuser", "upsert", "bench@example.org", benchPassword, "--dir", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return s, s.start()
}

func (s *server) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.program[0], append(s.program[1:len(s.program):len(s.program)], args...)...)
	cmd.Env = append(os.Environ(), "KITH_RATE_LIMITS=off")
	return cmd
}

func (s *server) start() error {
	s.cmd = s.command("serve", "--dir", s.dir, "--http", strings.TrimPrefix(s.url, "http://"))
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for range 200 {
		if body, err := s.do("GET", "/api/health", "", nil, nil); err == nil && len(body) > 0 {
			var in struct{ Token string }
			body, err := s.do("POST", "/api/collections/_superusers/auth-with-password", "", map[string]string{"identity": "bench@example.org", "password": benchPassword}, nil)
			if err == nil {
				err = json.Unmarshal(body, &in)
			}
			s.root = in.Token
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return fmt.Errorf("the server did not start")
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait() // its exit says nothing about the figures
	client.CloseIdleConnections()
}

// again starts the server anew: with an empty heap, so that what memory grows by is
// what a part of the bench costs.
func (s *server) again() error {
	s.stop()
	return s.start()
}
