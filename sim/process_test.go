package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary builds kith once for all drivers; KITH_BIN names one that is there.
var binary = sync.OnceValues(func() (string, error) {
	if at := os.Getenv("KITH_BIN"); at != "" {
		return at, nil
	}
	dir, err := os.MkdirTemp("", "kith-bin")
	if err != nil {
		return "", err
	}
	scratch = append(scratch, dir)
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "kith"), "..").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return filepath.Join(dir, "kith"), nil
})

// process is the real binary on a data folder.
type process struct {
	t    *testing.T
	bin  string
	dir  string
	env  []string
	addr string
	cmd  *exec.Cmd
	said bytes.Buffer

	under []string      // what it runs under, such as strace
	ended chan struct{} // closed when it is gone
}

func newProcess(t *testing.T, dir string, env ...string) *process {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return &process{t: t, bin: bin, dir: dir, addr: l.Addr().String(), env: append(append(os.Environ(), "KITH_RATE_LIMITS=off"), env...)}
}

// verb runs one of the console's commands to its end.
func (p *process) verb(args ...string) string {
	p.t.Helper()
	c := exec.Command(p.bin, append(args, "--dir", p.dir)...)
	c.Env = p.env
	out, err := c.CombinedOutput()
	if err != nil {
		p.t.Fatalf("kith %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// start serves, and returns when it answers.
func (p *process) start() {
	p.t.Helper()
	if err := p.tryStart(); err != nil {
		p.kill()
		p.t.Fatalf("the server does not answer after a start: %v\n%s", err, p.said.String())
	}
}

// tryStart is start where a server may well fail: it is gone then, or an error says
// that it neither answers nor ends.
func (p *process) tryStart() error {
	p.said.Reset()
	args := append(slices.Clone(p.under), p.bin, "serve", "--dir", p.dir, "--http", p.addr)
	p.cmd = exec.Command(args[0], args[1:]...)
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.env, &p.said, &p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: len(p.under) > 0} // so that both can be killed
	if err := p.cmd.Start(); err != nil {
		return err
	}
	cmd, ended := p.cmd, make(chan struct{})
	p.ended = ended
	go func() {
		_ = cmd.Wait() // how it died is in ProcessState
		close(ended)
	}()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(3 * time.Millisecond); ; {
		r, err := http.Get("http://" + p.addr + "/api/health")
		if err == nil {
			r.Body.Close()
			tick.Stop()
			return nil
		}
		select {
		case <-tick.C:
		case <-ended:
			return errEnded
		case <-ctx.Done():
			return err
		}
	}
}

var errEnded = errors.New("it ended")

// startKilled starts it and kills it after a while; it returns whether it answered
// before that.
func (p *process) startKilled(after time.Duration) (answered bool) {
	p.t.Helper()
	p.under = []string{"timeout", "-s", "KILL", fmt.Sprint(max(after, time.Millisecond).Seconds())} // of 0 it takes no notice
	err := p.tryStart()
	p.kill()
	p.under = nil
	if err != nil && (!errors.Is(err, errEnded) || p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL) {
		p.t.Errorf("killed after %v, it ended otherwise: %v, %v\n%s", after, err, p.cmd.ProcessState, p.said.String())
	}
	return err == nil
}

// kill is SIGKILL: nothing is said, nothing is written any more.
func (p *process) kill() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	select {
	case <-p.ended: // its number may be another's by now
		return
	default:
	}
	pid := p.cmd.Process.Pid
	if p.cmd.SysProcAttr.Setpgid {
		pid = -pid
	}
	_ = syscall.Kill(pid, syscall.SIGKILL) // it may have died meanwhile
	<-p.ended
}
