package sync

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/internal/limits"
)

// crowd is a hub with n open connections, each of a member of its own.
func crowd(n int) (*Hub, []*Conn) {
	h := NewHub(nil)
	conns := make([]*Conn, n)
	for i := range conns {
		member := fmt.Sprintf("m%d", i)
		conns[i] = &Conn{Member: member, Steps: make(chan *Step, limits.LiveQueue), auds: []string{"member/" + member, Public}, seq: 10}
		h.conns[conns[i]] = struct{}{}
		h.by.add(conns[i])
	}
	return h, conns
}

// Ensure that devices which are connected and idle cost a push nothing: of 5,000
// connections only those are looked at that may see what was done. It is counted,
// not timed.
func TestHub_DevicesThatSeeNothingCostAPushNothing(t *testing.T) {
	h, conns := crowd(5000)
	h.deliver(&reading{entries: []entry{{"host/club", "visits", "v1", 11, []byte(`{}`)}}, touched: map[string]int64{"host/club": 11}, to: 11}, time.Now())
	if h.looked != 0 {
		t.Errorf("nobody listens, and %d connections were looked at", h.looked)
	}
	h.deliver(&reading{entries: []entry{{"member/m7", "visits", "v1", 12, []byte(`{}`)}}, touched: map[string]int64{"member/m7": 12}, to: 12}, time.Now())
	if h.looked != 1 {
		t.Errorf("one listens, and %d connections were looked at", h.looked)
	}
	for i, c := range conns {
		if got := len(c.Steps); (got == 1) != (i == 7) {
			t.Errorf("connection %d has %d steps", i, got)
		}
	}
}

// Ensure that a frame is encoded once for all who see the same, and that each
// is given it once, whatever else it listens for.
func TestHub_AFrameIsEncodedOnceForAllWhoSeeTheSame(t *testing.T) {
	h, conns := crowd(100)
	touched := map[string]int64{Public: 12, "member/m3": 11, "host/club": 12}
	h.deliver(&reading{touched: touched, to: 12, entries: []entry{
		{"member/m3", "visits", "v1", 11, []byte(`{"id":"v1"}`)}, {"host/club", "visits", "v1", 12, []byte(`{"id":"v1"}`)}, {Public, "listings", "l1", 12, []byte(`{"id":"l1"}`)},
	}}, time.Now())
	var shared *byte
	for i, c := range conns {
		if len(c.Steps) != 1 {
			t.Fatalf("connection %d has %d steps", i, len(c.Steps))
		}
		s := <-c.Steps
		if own := strings.Contains(string(s.Body), "v1"); own != (i == 3) || !strings.Contains(string(s.Body), "l1") || strings.Contains(string(s.Body), "host/") {
			t.Errorf("connection %d is told %s", i, s.Body)
		}
		if i == 3 {
			continue
		}
		if shared == nil {
			shared = &s.Body[0]
		}
		if shared != &s.Body[0] {
			t.Errorf("connection %d has a frame of its own", i)
		}
	}
}

// Ensure that a connection that has gone is not found again, nor held by what it
// listened for.
func TestHub_WhoHasLeftIsForgotten(t *testing.T) {
	h, conns := crowd(3)
	h.Leave(conns[1])
	if all := h.by.of(map[string]int64{Public: 1, "member/m1": 1, "@m1": 1}); len(all) != 2 || len(h.by["member/m1"]) != 0 {
		t.Errorf("%d connections are found", len(all))
	}
	h.Leave(conns[1])
	h.Leave(conns[0])
	h.Leave(conns[2])
	if len(h.by) != 0 {
		t.Errorf("%d keys are left", len(h.by))
	}
}

// Ensure that the cursor of a frame is the cursor that a pull would have given.
func TestConn_ItsCursorIsAPulls(t *testing.T) {
	for _, c := range []*Conn{
		{epoch: "E", Member: "m", auds: []string{"member/m", "public"}}, {epoch: "E", auds: []string{"public"}}, {epoch: "E", Member: "m", trusted: true, auds: []string{"coordinators", "member/m", "public"}},
	} {
		pulls := &cursor{epoch: c.epoch, seq: 12, member: c.Member, trusted: c.trusted, auds: map[string]position{}}
		for _, a := range c.auds {
			pulls.auds[a] = position{12, 12}
		}
		if got, want := c.Cursor(12), pulls.encode(); got != want {
			t.Errorf("%q, wanted %q", got, want)
		}
	}
}
