package hooks_test

import (
	"testing"
	"time"

	"kith/hooks/waysin"
	"kith/internal/limits"
)

// Ensure that a member is told when another phone comes into their account, by whichever
// way, and that nobody is told of their first one.
func TestTelling_OfAnotherPhone(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	w.tells("the first phone of all")
	code, _ := rosa.invites(map[string]any{"role": "member", "member": rosa.member})
	second := w.stranger()
	second.take(second.join(code))
	w.tells("one more phone", "device.new member/"+rosa.member+" "+second.device)
	second.take(second.join(code))
	w.tells("the same once more")

	w.hasEmail(rosa.member, "rosa@example.org")
	mails := w.mails()
	third := w.stranger()
	id := w.askedCode("rosa@example.org")
	third.take(third.enter("/api/code/confirm", map[string]any{"id": id, "code": digits(t, mails)}))
	w.tells("one by e-mail", "device.new member/"+rosa.member+" "+third.device)
	line := w.noticed(rosa.member, "device.new", third.device)
	w.phone("coordinator").doesWell("devices.revoke", map[string]any{"id": third.device})
	if w.isRead(line) {
		t.Error("a coordinator has looked, and not they")
	}
	w.set("devices", third.device, map[string]any{"revoked": false})
	rosa.doesWell("devices.revoke", map[string]any{"id": third.device})
	if !w.isRead(line) {
		t.Error("they shut it out, and still read that it is new")
	}
}

// Ensure that a member is told when their recovery card was used, and when their address
// is another; and not when the same one is confirmed again.
func TestTelling_OfWhatOpensAnAccount(t *testing.T) {
	w := newTown(t)
	rosa := w.phone("resident")
	rosa.mustDo("recovery.card", map[string]any{"id": newID(), "codeHash": codeHashOf("7Q2K-M4XD-9TRF-2HAB")})
	w.tellings()
	back := w.stranger()
	for range 2 {
		back.take(back.enter("/api/recover", map[string]any{"code": "7Q2K-M4XD-9TRF-2HAB"}))
	}
	w.tells("a recovery card", "recovery.used member/"+rosa.member)
	back.confirms("rosa@example.org")
	w.tells("an address", "email.changed member/"+rosa.member)
	back.confirms("rosa@example.org")
	w.tells("the same address")
}

// Ensure that who may be the second at the desk is told, until somebody was, or it ran
// out, or the person left.
func TestTelling_OfARecoveryAtTheDesk(t *testing.T) {
	w := newTown(t)
	opener, second := w.phone("coordinator"), w.phone("activator")
	open := func() (rosa *phone, id, line string) {
		rosa, id = w.phone("resident"), newID()
		w.tellings()
		opener.doesWell("recovery.open", map[string]any{"id": id, "member": rosa.member})
		w.tells("a recovery at the desk", "recovery.open activators "+id+" but "+opener.member)
		return rosa, id, w.noticed(second.member, "recovery.open", id)
	}
	for name, end := range map[string]func(rosa *phone, id string){
		"confirmed": func(_ *phone, id string) {
			second.doesWell("recovery.confirm", map[string]any{"id": id, "codeHash": codeHashOf(newID())})
		},
		"refused": func(_ *phone, id string) { second.doesWell("recovery.refuse", map[string]any{"id": id}) },
		"lapsed":  func(*phone, string) { must(t, waysin.Hourly(w.app, time.Now().Add(limits.DeskOpen+time.Minute))) },
		"left":    func(rosa *phone, _ string) { rosa.doesWell("people.leave", map[string]any{"why": "left"}) },
	} {
		rosa, id, line := open()
		if end(rosa, id); !w.isRead(line) {
			t.Errorf("%s, and somebody is still asked to look", name)
		}
	}
}

// Ensure that the owner of a shop is told of a phone that waits there, and the
// coordinators where there is none, until somebody has let it in or refused it.
func TestTelling_OfAPhoneThatWaits(t *testing.T) {
	w := newTown(t)
	shop := w.make("shops", map[string]any{"name": "Bakery", "status": "active"}).Id
	boss := w.phone("coordinator")
	waits := func(by *phone) *phone {
		code, _ := by.invites(map[string]any{"role": "staff", "shop": shop})
		p := w.stranger()
		w.tellings()
		p.take(p.join(code))
		return p
	}
	p := waits(boss)
	w.tells("a shop that has no owner", "device.pending coordinators "+p.device)
	line := w.noticed(boss.member, "device.pending", p.device)
	boss.doesWell("devices.refuse", map[string]any{"id": p.device})
	if !w.isRead(line) {
		t.Error("it was refused")
	}
	owner := w.phone("resident").ofShop("owner", shop)
	p = waits(owner)
	w.tells("a shop that has one", "device.pending owners/"+shop+" "+p.device)
	line = w.noticed(owner.member, "device.pending", p.device)
	owner.doesWell("devices.admit", map[string]any{"id": p.device, "match": w.record("devices", p.device).GetString("match")})
	if w.tells("letting it in"); !w.isRead(line) {
		t.Error("it was let in")
	}
}
