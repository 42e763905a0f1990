package sim

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// driverFaults are mistakes in the real binary that only a death or a failing disk
// brings to light; caught is the driver that must speak up.
var driverFaults = []fault{
	{"an answer before the commit", "hooks/syncapi/exchange.go", []string{
		"	var stops []sync.Stop\n	err = e.App", `	if FAULT {
		told, app := make(chan error, 2), e.App
		go func() {
			told <- app.RunInTransaction(func(tx core.App) error {
				_, err := d.apply(tx, who, r, now, forLong())
				told <- err
				time.Sleep(20 * time.Millisecond)
				return err
			})
		}()
		return nil, <-told
	}
	var stops []sync.Stop
	err = e.App`,
	}, "TestCrash_LosesAndDoublesNothingThatWasAcknowledged"},
	{"an answer before the commit", "internal/sync/push.go", []string{
		`"device": s.p.Device, "at": Stamp(s.p.Now)}).Execute()
	return err
}

// tick`, `"device": s.p.Device, "at": Stamp(s.p.Now)}).Execute()
	if FAULT && err == nil {
		var told []Outcome
		err = s.db.NewQuery("SELECT n.number, c.nonce, c.status, c.seq FROM sync_number n JOIN sync_command c ON c.nonce = n.nonce WHERE n.stream = {:id} AND n.number > {:ack} ORDER BY n.number").
			Bind(dbx.Params{"id": s.p.Stream, "ack": s.p.Ack}).All(&told)
		early.Store(s.p.Stream, told)
	}
	return err
}

// tick`,
	}, "TestCrash_LosesAndDoublesNothingThatWasAcknowledged"},
	{"an answer before the commit", "internal/sync/outcomes.go", []string{
		`	"strconv"
`, `	"strconv"
	gosync "sync"
`,
		`// outcomes of the asked`, `// early are the outcomes of a stream before they are there.
var early gosync.Map

// outcomes of the asked`,
		`	if s.p.Stream == "" {
`, `	if told, is := early.Load(s.p.Stream); FAULT && is {
		return told.([]Outcome), nil
	}
	if s.p.Stream == "" {
`,
	}, "TestCrash_LosesAndDoublesNothingThatWasAcknowledged"},
	{"a commit that failed is as good as one", "hooks/syncapi/exchange.go", []string{
		"	var stops []sync.Stop\n", "	var stops []sync.Stop\n	carriedOut := false\n",
		"stops, err = d.apply(tx, who, r, now, forLong())\n", "stops, err = d.apply(tx, who, r, now, forLong())\n		carriedOut = err == nil\n",
		"	return stops, err\n}\n\n// announce", "	if FAULT && carriedOut {\n		err = nil\n	}\n	return stops, err\n}\n\n// announce",
	}, "TestDisk_AFailingOneLosesNothingAcknowledged"},
}

// Ensure that the driver of kills can see: a server that answers before its commit
// must be found to lose.
func TestCrash_TheControlLoses(t *testing.T) {
	catchByDriver(t, "an answer before the commit", "acknowledged commands are gone", "KITH_KILLS=10")
}

// Ensure that the driver of failing disks can see: a server that takes no notice of a
// commit that failed must be found to answer what it should not.
func TestDisk_TheControlIsFoundOut(t *testing.T) {
	needStrace(t)
	catchByDriver(t, "a commit that failed is as good as one", "an answer says nothing of number", "KITH_DISK=")
}

// catchByDriver runs a driver on the planted binary with one fault switched on.
func catchByDriver(t *testing.T, name, says string, env ...string) {
	t.Helper()
	bin := plantedBinary(t)
	test := driverFaults[slices.IndexFunc(driverFaults, func(f fault) bool { return f.name == name })].caught
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$", "-test.v", "-test.timeout=5m")
	cmd.Env = slices.Concat(os.Environ(), []string{"KITH_BIN=" + bin, "KITH_FAULT=" + name, "KITH_FIRST="}, env)
	said, err := cmd.CombinedOutput()
	if !bytes.Contains(said, []byte("--- FAIL: "+test+" ")) || !bytes.Contains(said, []byte(says)) {
		t.Errorf("%q is not caught by %s: %v\n%s", name, test, err, said[max(0, len(said)-1500):])
	}
	figures(t, "controls", map[string]int{"faults of drivers": 1})
}

var planted = struct {
	sync.Mutex
	at string
}{}

// plantedBinary is kith with the faults of histories and drivers in it, built once for
// all of their tests.
func plantedBinary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds the server again, with its faults")
	}
	planted.Lock()
	defer planted.Unlock()
	if planted.at == "" {
		dir, err := os.MkdirTemp("", "kith-planted")
		if err != nil {
			t.Fatal(err)
		}
		scratch = append(scratch, dir)
		at := filepath.Join(dir, "kith")
		if err := os.Rename(build(t, plant(t, slices.Concat(historyFaults, driverFaults)), "build", ".."), at); err != nil {
			t.Fatal(err)
		}
		planted.at = at
	}
	return planted.at
}
