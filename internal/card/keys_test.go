package card

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/limits"
)

func newKeys(t *testing.T) *Keys {
	t.Helper()
	k, err := NewKeys(now, Set{}, false)
	must(t, err)
	return k
}

// signs says which key signs each purpose at that time.
func signs(k *Keys, at time.Time) (kids []int) {
	for _, typ := range Purposes {
		e, ok := k.signer(typ, at)
		if !ok {
			kids = append(kids, 0)
			continue
		}
		kids = append(kids, int(e.Kid))
	}
	return kids
}

// Ensure that each purpose has a key of its own, which signs that and nothing else, from
// the beginning of the day on which it was made.
func TestKeys_AreOneForEachPurpose(t *testing.T) {
	k := newKeys(t)
	if got := signs(k, now); !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("%v", got)
	}
	if got := signs(k, midnight(now)); !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("at midnight: %v", got)
	}
	if got := signs(k, midnight(now).Add(-1)); !slices.Equal(got, []int{0, 0, 0, 0}) {
		t.Errorf("before: %v", got)
	}
	set := k.Set(issuer)
	for i, typ := range Purposes {
		for kid := byte(1); kid <= 4; kid++ {
			if _, known := set.key(kid, typ); known != (int(kid) == i+1) {
				t.Errorf("key %d for %s: %v", kid, typ, known)
			}
		}
	}
}

// Ensure that the next keys are known 30 days before they sign, that what the old ones
// signed stays good, and that they sign nothing more then.
func TestRotate_PublishesAheadAndTakesOver(t *testing.T) {
	k := newKeys(t)
	ring := &Ring{}
	ring.Put(issuer, k)
	old, err := ring.Card(sub, Day(now), 73, nil)
	must(t, err)
	from, err := k.Rotate(now)
	must(t, err)
	if from.Sub(now) > limits.CardKeysAhead || from.Sub(now) < limits.CardKeysAhead-day {
		t.Errorf("they sign from %v", from)
	}
	if _, err := k.Rotate(now.Add(29 * day)); err == nil || !strings.Contains(err.Error(), from.Format(time.DateOnly)) {
		t.Errorf("a second time: %v", err)
	}
	ring.Put(issuer, k)
	for at, want := range map[time.Time][]int{now: {1, 2, 3, 4}, from.Add(-1): {1, 2, 3, 4}, from: {5, 6, 7, 8}, now.Add(400 * day): {5, 6, 7, 8}} {
		if got := signs(k, at); !slices.Equal(got, want) {
			t.Errorf("at %v: %v", at, got)
		}
	}
	later := now.Add(100 * day)
	fresh, err := ring.Card(sub, Day(later), 18, nil)
	must(t, err)
	for what, packed := range map[string][]byte{"old": old, "new": fresh} {
		if _, code := Check(ring.Set(), Facts{}, packed, later); code != OK {
			t.Errorf("%s: %s", what, code)
		}
	}
	if err := k.Retire(1, from.Add(-1)); err == nil {
		t.Error("one that signs was retired")
	}
	if err := k.Retire(9, later); !errors.Is(err, errNotOne) {
		t.Error(err)
	}
	must(t, k.Retire(1, later))
	ring.Put(issuer, k)
	if _, code := Check(ring.Set(), Facts{}, old, later); code != OK {
		t.Errorf("what it signed: %s", code)
	}
	if err := k.Retire(1, later); err == nil {
		t.Error("twice")
	}
	if _, err := k.Rotate(later); err != nil || !slices.Equal(signs(k, later.Add(31*day)), []int{9, 10, 11, 12}) {
		t.Errorf("the year after: %v, %v", signs(k, later.Add(31*day)), err)
	}
}

// Ensure that a revoked key counts for nothing, is replaced at once, and that its number
// never comes again.
func TestRevoke_ReplacesAtOnce(t *testing.T) {
	k := newKeys(t)
	ring := &Ring{}
	ring.Put(issuer, k)
	old, err := ring.Card(sub, Day(now), 73, nil)
	must(t, err)
	must(t, k.Revoke(1, now))
	ring.Put(issuer, k)
	if _, code := Check(ring.Set(), Facts{}, old, now); code != "card_other" {
		t.Error(code)
	}
	if got := signs(k, now); !slices.Equal(got, []int{5, 2, 3, 4}) || !slices.Equal(k.Revoked(), []int{1}) {
		t.Errorf("%v, revoked %v", got, k.Revoked())
	}
	must(t, k.Revoke(5, now))
	if got := signs(k, now); got[0] != 6 {
		t.Errorf("%v", got)
	}
	if err := k.Revoke(1, now); !errors.Is(err, errNotOne) {
		t.Error(err)
	}
}

// Ensure that new keys in the place of lost ones leave good what is out, unless they were
// stolen; and that 255 keys are the end of it, in words.
func TestNewKeys_InThePlaceOfLostOnes(t *testing.T) {
	k := newKeys(t)
	ring := &Ring{}
	ring.Put(issuer, k)
	old, err := ring.Card(sub, Day(now), 73, nil)
	must(t, err)
	_, err = k.Rotate(now)
	must(t, err)
	told := k.Set(issuer)
	for stolen, want := range map[bool]string{false: OK, true: "card_other"} {
		fresh, err := NewKeys(now, told, stolen)
		must(t, err)
		ring.Put(issuer, fresh)
		if _, code := Check(ring.Set(), Facts{}, old, now.Add(50*day)); code != want {
			t.Errorf("stolen %v: %s", stolen, code)
		}
		if got := signs(fresh, now.Add(50*day)); !slices.Equal(got, []int{9, 10, 11, 12}) || !fresh.Matches(told) {
			t.Errorf("stolen %v: %v", stolen, got)
		}
		later := Card{Kid: 1, Sub: sub, Day: Day(now) + 1, TTL: 73}
		packed := (&table{town: &town{t: t}}).signedBy(k.entries[0].private, later, later.signed(issuer))
		if _, code := Check(ring.Set(), Facts{}, packed, now.Add(2*day)); code == OK {
			t.Errorf("stolen %v: what the lost one signs later is good", stolen)
		}
	}
	full := Set{Issuer: issuer, Keys: []Public{{Kid: 253, Typs: Purposes}}}
	if _, err := NewKeys(now, full, true); !errors.Is(err, errKids) {
		t.Errorf("with two numbers left: %v", err)
	}
}

// Ensure that a key file is its owner's alone, is never overwritten by a first one, and
// holds the same keys when it is read again, whole after each change.
func TestFile_KeepsKeysForItsOwnerAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cards")
	k := newKeys(t)
	must(t, k.WriteFile(name, true))
	info, err := os.Stat(name)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := k.WriteFile(name, true); !errors.Is(err, os.ErrExist) {
		t.Errorf("keys were overwritten: %v", err)
	}
	_, err = k.Rotate(now)
	must(t, err)
	must(t, k.Revoke(2, now))
	must(t, k.Retire(1, now.Add(40*day)))
	must(t, os.WriteFile(name+".new", []byte("of a write that was cut off"), 0o600))
	must(t, k.WriteFile(name, false))
	read, err := ReadFile(name)
	must(t, err)
	one, err := k.text()
	must(t, err)
	two, err := read.text()
	must(t, err)
	if one != two || read.Set(issuer).Text() != k.Set(issuer).Text() || !slices.Equal(read.Revoked(), []int{2}) {
		t.Errorf("%s\nis read as\n%s", one, two)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(name), "*")); err != nil || len(left) != 1 {
		t.Errorf("%v", left)
	}
}

// Ensure that a file that is missing, damaged, something else or open to others is told
// apart, and no half of it is taken.
func TestFile_SaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadFile(filepath.Join(dir, "none")); !Missing(err) {
		t.Error(err)
	}
	good, err := newKeys(t).text()
	must(t, err)
	lines := strings.Split(strings.TrimSpace(good), "\n")
	with := func(line string) string { return lines[0] + "\n" + line + "\n" }
	for i, c := range []struct {
		says, text string
		mode       os.FileMode
	}{
		{"is no file of card keys", "hello", 0o600}, {"is no file of card keys", "", 0o600}, {"can be read by others", good, 0o640}, {"is damaged", lines[0], 0o600}, {"is damaged", good[:len(good)-9], 0o600},
		{"is damaged", good + lines[1], 0o600}, {"is damaged", good + "revoked 1", 0o600}, {"is damaged", with("revoked"), 0o600}, {"is damaged", with("key 0" + lines[1][5:]), 0o600}, {"is damaged", with("key 256" + lines[1][5:]), 0o600},
		{"is damaged", with("gift" + lines[1][3:]), 0o600}, {"is damaged", with("public" + lines[1][3:]), 0o600}, {"is damaged", with(strings.Replace(lines[1], "card+jwt", "stamp+jwt", 1)), 0o600}, {"is damaged", with(lines[1] + " more"), 0o600},
		{"is damaged", with("key 1 card+jwt today 0 " + strings.Fields(lines[1])[5]), 0o600}, {"is damaged", with("key 1 card+jwt 0 0 " + strings.Repeat("A", 43)), 0o600}, {"is damaged", with("public 1 card+jwt 0 0 " + strings.Repeat("A", 86)), 0o600},
	} {
		name := filepath.Join(dir, fmt.Sprint(i))
		must(t, os.WriteFile(name, []byte(c.text), c.mode))
		if k, err := ReadFile(name); err == nil || k != nil || Missing(err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%d, %s: %v", i, c.says, err)
		}
	}
}

// Ensure that what is published is read as it was written, and a key of another shape or
// place isn't.
func TestSet_IsReadAsItWasPublished(t *testing.T) {
	w := newTown(t)
	set, err := ReadSet(issuer, w.set.Text())
	must(t, err)
	if set.Text() != w.set.Text() || !w.keys.Matches(set) {
		t.Errorf("%s", set.Text())
	}
	if _, code := Check(set, Facts{}, w.shown(), now); code != OK {
		t.Error(code)
	}
	set.Keys[0].key = nil // as somebody would write it down
	if _, code := Check(set, Facts{}, w.shown(), now); code != OK {
		t.Errorf("by its bytes: %s", code)
	}
	for _, none := range []string{"", "null", "[]"} {
		if s, err := ReadSet(issuer, none); err != nil || len(s.Keys) != 0 {
			t.Errorf("%q: %v", none, err)
		}
	}
	for _, bad := range []string{"{", `{"kid":1}`, `[{"kid":0}]`, `[{"kid":256,"typs":["card+jwt"],"x":"AA","y":"AA"}]`, `[{"kid":1,"typs":["card+jwt"],"x":"!","y":"AA"}]`, `[{"kid":1,"typs":["card+jwt"],"x":"AA","y":"AA"}]`, strings.Replace(w.set.Text(), `"x":"`, `"x":"A`, 1)} {
		if _, err := ReadSet(issuer, bad); err == nil {
			t.Errorf("%.60s is read", bad)
		}
	}
	other := newKeys(t)
	if other.Matches(w.set) {
		t.Error("other keys are these")
	}
}

// Ensure that nothing is signed without keys, without a community, or of what can't be
// packed; and that what was published is still enough to check by.
func TestRing_SignsNothingItShouldNot(t *testing.T) {
	w := newTown(t)
	empty, public, nobody := &Ring{}, &Ring{}, &Ring{}
	public.PutPublic(w.set)
	nobody.Put("", w.keys)
	for what, ring := range map[string]*Ring{"empty": empty, "public": public, "no community": nobody} {
		if _, err := ring.Card(sub, Day(now), 18, nil); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := ring.Revocations(revokedList()); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, code := Check(public.Set(), Facts{}, w.shown(), now); code != OK {
		t.Error(code)
	}
	if _, code := Check(empty.Set(), Facts{}, w.shown(), now); code != "card_other" {
		t.Error(code)
	}
	if _, err := w.ring.Card(sub, Day(now)-200, 18, nil); !errors.Is(err, ErrNoKey) {
		t.Errorf("before any key: %v", err)
	}
	bad := jwkOf(t, w.phone)
	bad.X = strings.Repeat("A", 43)
	if _, err := w.ring.Card(sub, Day(now), 18, &bad); err == nil {
		t.Error("a key off the curve is in a card")
	}
	for what, v := range map[string]Voucher{"a reward of capitals": {Reward: "ABCDEFGHIJ12345"}, "none": {}, "too dear": {Reward: reward, Pence: 70_000}, "less than nothing": {Reward: reward, Pence: -1}} {
		v.Day, v.TTL = Day(now), 12
		if _, err := w.ring.Voucher(v); err == nil {
			t.Errorf("a voucher: %s", what)
		}
	}
	if _, err := w.ring.Till(Till{ID: "x", Shop: shopID, Issued: now, Expires: now.Add(day), Key: jwkOf(t, w.till)}); err == nil {
		t.Error("a till of no id")
	}
	if _, err := w.ring.Revocations(Revocations{Seq: 1, Issued: now, Expires: now.Add(day), Cards: []string{"xyz"}}); err == nil {
		t.Error("a list of no id")
	}
	if _, err := SignRecord(w.till, Record{}); err == nil {
		t.Error("a record of nothing")
	}
}

// Ensure that what is kept is told from what keys of another day have signed.
func TestIsBy_TellsWhatIsByTheseKeys(t *testing.T) {
	w := newTown(t)
	other := &Ring{}
	other.Put(issuer, newKeys(t))
	raw, err := w.ring.Till(Till{ID: tillID, Shop: shopID, Issued: now, Expires: now.Add(day), JTI: jti, Key: jwkOf(t, w.till)})
	must(t, err)
	for what, c := range map[string]struct {
		typ, text string
		packed    []byte
		want      bool
	}{
		"a card": {TypCard, "", w.bound(), true}, "a printed one": {TypCard, "", w.printed(), true}, "a voucher": {TypVoucher, "", w.voucher(nil), true}, "a till": {TypTill, raw, nil, true},
		"a card with its proof": {TypCard, "", w.shown(), false}, "nothing": {TypCard, "", nil, false}, "half a voucher": {TypVoucher, "", w.voucher(nil)[:90], false}, "a list": {TypRevocations, raw, nil, false},
		"a voucher of no shape": {TypVoucher, "", changed(w.voucher(nil), 30, 7), false}, "no till": {TypTill, "x", nil, false},
	} {
		if got := IsBy(w.set, c.typ, c.text, c.packed); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
		if c.want && IsBy(other.Set(), c.typ, c.text, c.packed) {
			t.Errorf("%s is by others' keys", what)
		}
	}
	if !strings.HasPrefix(raw, Header(TypTill, 3)+".") {
		t.Error("a till's token begins in another way")
	}
}
