package sim

import (
	"fmt"
	"time"

	"kith/sim/device"
)

func clockOfMonday() time.Time { return monday }

// modelFaults are all that can happen once, to one of the two phones or beside
// them. happens is false where it can't be now, or is the same as for the other.
var modelFaults = []struct {
	name    string
	happens func(m *model, i int) bool
}{
	{"a request is lost", func(m *model, i int) bool {
		p := &m.now.parties[i]
		was := p.out != nil
		p.out = nil
		return was
	}},
	{"an answer is lost", func(m *model, i int) bool {
		p := &m.now.parties[i]
		was := p.back != nil
		p.back = nil
		return was
	}},
	{"a request comes again", func(m *model, i int) bool {
		p := &m.now.parties[i]
		if p.last == nil || p.out == p.last {
			return false
		}
		m.serve(i, p.last)
		return true
	}},
	{"a request comes much later", func(m *model, i int) bool {
		p := &m.now.parties[i]
		m.now.held, m.now.heldBy, p.out = p.out, i, nil
		return m.now.held != nil
	}},
	{"an answer comes again", func(m *model, i int) bool {
		p := &m.now.parties[i]
		if p.last == nil || p.last.answer == nil || p.back == p.last {
			return false
		}
		m.take(i, p.last)
		return true
	}},
	{"a phone is killed", func(m *model, i int) bool {
		p := &m.now.parties[i]
		if p.last == nil {
			return false
		}
		p.Device = device.Open(p.Disk, p.Device)
		p.out, p.back = nil, nil
		return true
	}},
	{"a phone's storage is lost", func(m *model, i int) bool {
		p := &m.now.parties[i]
		p.Device, p.out, p.back, p.last, p.made = m.device(i), nil, nil, nil, nil
		return p.done > 0
	}},
	{"a phone is cloned", func(m *model, i int) bool {
		if m.now.parties[i].done == 0 || m.now.parties[0].member != m.now.parties[1].member {
			return false
		}
		m.clone(i)
		return true
	}},
	{"the server is put back to the beginning", func(m *model, i int) bool { return i == 0 && m.lose(m.now.backup) }},
	{"the server is put back to a moment ago", func(m *model, i int) bool {
		if i == 1 || m.now.parties[0].done < 4 {
			return false
		}
		backup := m.backUp()
		m.act(1)
		m.whole(1)
		return m.lose(backup)
	}},
	{"tombstones are forgotten", func(m *model, i int) bool {
		m.exec("DELETE FROM sync_row WHERE live = 0")
		return i == 0
	}},
	{"somebody writes past every command", func(m *model, i int) bool {
		m.exec("INSERT INTO notes VALUES ('note', 'by hand', ?1) ON CONFLICT (id) DO UPDATE SET text = 'by hand', secret = ?1", i == 1)
		return true
	}},
	{"a row goes past every command", func(m *model, i int) bool {
		m.exec("DELETE FROM notes WHERE id = 'note'")
		return i == 0
	}},
	{"a person leaves the circle", func(m *model, i int) bool {
		m.exec("DELETE FROM circle WHERE member = ?", m.now.parties[i].member)
		return i == 0 || m.now.parties[0].member != m.now.parties[1].member
	}},
	{"a person comes back to the circle", func(m *model, i int) bool {
		member := m.now.parties[i].member
		m.exec("DELETE FROM circle WHERE member = ?", member)
		m.whole(i)
		m.exec("INSERT INTO circle VALUES ('again', ?)", member)
		return i == 0 || m.now.parties[0].member != m.now.parties[1].member
	}},
	{"a command fails on our side", func(m *model, i int) bool {
		p := &m.now.parties[i]
		if len(p.made) == 0 {
			return false
		}
		m.now.broken = p.made[len(p.made)-1]
		return true
	}},
	{"answers have one line", func(m *model, i int) bool {
		m.now.small = true
		return i == 0
	}},
}

// whole is one exchange without a break.
func (m *model) whole(i int) {
	m.take(i, m.serve(i, &exchange{ask: m.now.parties[i].Ask(2, m.bytes())}))
}

// clone makes the other phone one with the same disk.
func (m *model) clone(i int) {
	from, to := &m.now.parties[i], &m.now.parties[1-i]
	to.Device = device.Open(from.Disk.Clone(), m.device(1-i))
	to.out, to.back, to.last, to.made = nil, nil, nil, append([]string{}, from.made...)
}

func (m *model) lose(backup []kept) bool {
	m.restore(backup)
	m.now.restored = true
	return true
}

// rest lets everybody ask until there is nothing more, and looks at what is left
// (3, 4, 5, 6, 7, 8, 10).
func (m *model) rest() {
	if x := m.now.held; x != nil {
		m.serve(m.now.heldBy, x)
	}
	m.now.small = false
	for range 12 {
		busy := false
		for i := range m.now.parties {
			p := &m.now.parties[i]
			x := m.serve(i, &exchange{ask: p.Ask(100, m.bytes())})
			m.take(i, x)
			busy = busy || p.Queue.Pending() > 0 || p.Staged() || x.answer != nil && len(x.answer.Lines) > 0
		}
		if !busy {
			break
		}
	}
	for i := range m.now.parties {
		m.atRest(i)
	}
	m.ledger()
}

func (m *model) atRest(i int) {
	p := &m.now.parties[i]
	if n := p.Queue.Pending(); n > 0 || p.Staged() || p.Repair != 0 {
		m.fail("10: phone %d still has %d commands, staged %v, repair %d", i, n, p.Staged(), p.Repair)
		return
	}
	m.compare(i, "3", m.holds(p.member))
	for _, nonce := range p.made {
		if m.count("SELECT count(*) FROM sync_command WHERE status = 'ok' AND nonce = '"+nonce+"'") != 1 {
			m.fail("6: %s of phone %d is lost", nonce, i)
		}
	}
	for _, j := range p.Queue.Journal {
		if m.count("SELECT count(*) FROM sync_command WHERE nonce = '"+j.Nonce+"'") != 1 {
			m.fail("8: %s is in the journal of phone %d and not in the ledger", j.Nonce, i)
		}
	}
}

// ledger: each command had its effect once, and no stream has a hole.
func (m *model) ledger() {
	if n := m.count("SELECT (SELECT count(*) FROM effects) - (SELECT count(*) FROM sync_command WHERE status = 'ok')"); n != 0 {
		m.fail("4: %d more effects than commands that were done", n)
	}
	if n := m.count("SELECT count(*) - count(DISTINCT nonce) FROM effects"); n != 0 {
		m.fail("4: %d effects were had twice", n)
	}
	if n := m.count(`SELECT count(*) FROM sync_stream s WHERE s.last <> (SELECT count(*) FROM sync_number n WHERE n.stream = s.id)
		OR s.last <> (SELECT coalesce(max(number), 0) FROM sync_number n WHERE n.stream = s.id)`); n != 0 {
		m.fail("5: %d streams have a hole", n)
	}
}

func (m *model) count(query string) (n int) {
	if err := m.db.QueryRow(query).Scan(&n); err != nil {
		m.t.Error(fmt.Errorf("%w in %s", err, query))
	}
	return n
}
