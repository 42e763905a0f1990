package concern

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Ensure that an envelope is opened by the intake key and by the recovery key,
// each alone, and by nobody else's.
func TestOpen_ByEitherKeyAndNoOther(t *testing.T) {
	k, r := newKeys(t)
	other, otherRecovery := newKeys(t)
	for _, plain := range []string{"{}", strings.Repeat("Zoë ", 1500)} {
		envelope := sealed(t, k, plain)
		for _, open := range []func(Facts, []byte) ([]byte, error){k.Open, r.Open} {
			got, err := open(facts, envelope)
			if err != nil || string(bytes.TrimRight(got, " ")) != strings.TrimRight(plain, " ") || len(got)%Step != 0 {
				t.Errorf("%.10q: %.10q, %v", plain, got, err)
			}
		}
		for _, open := range []func(Facts, []byte) ([]byte, error){other.Open, otherRecovery.Open} {
			if _, err := open(facts, envelope); !errors.Is(err, ErrOtherKey) {
				t.Error(err)
			}
		}
	}
	if !r.Of(k) || r.Of(other) {
		t.Error("whose recovery key is it?")
	}
}

// Ensure that an envelope is bound to every fact beside it: what was written of
// one concern can't be put under another's.
func TestOpen_IsBoundToItsFacts(t *testing.T) {
	k, r := newKeys(t)
	envelope := sealed(t, k, "{}")
	for _, f := range []Facts{
		{KindNote, facts.ID, facts.Urgency, facts.Area, facts.Hour}, {facts.Kind, "abcdefghij12346", facts.Urgency, facts.Area, facts.Hour},
		{facts.Kind, facts.ID, Urgent, facts.Area, facts.Hour}, {facts.Kind, facts.ID, facts.Urgency, "Peckham", facts.Hour}, {facts.Kind, facts.ID, facts.Urgency, facts.Area, "2026-11-25T16"},
	} {
		for _, open := range []func(Facts, []byte) ([]byte, error){k.Open, r.Open} {
			if _, err := open(f, envelope); !errors.Is(err, ErrBroken) {
				t.Errorf("%+v: %v", f, err)
			}
		}
	}
}

// Ensure that no bit of an envelope can be changed, and nothing be cut off or added.
func TestOpen_RefusesWhatWasTouched(t *testing.T) {
	k, r := newKeys(t)
	envelope := sealed(t, k, "{}")
	for i := range envelope {
		bad := bytes.Clone(envelope)
		bad[i] ^= 1
		_, errK := k.Open(facts, bad)
		_, errR := r.Open(facts, bad)
		if errK == nil && errR == nil { // each wrap is for one of them
			t.Errorf("byte %d opens", i)
		}
		if i >= 1+2*wrapLen && (errK == nil || errR == nil) {
			t.Errorf("byte %d of the words opens", i)
		}
		if _, err := k.Open(facts, envelope[:i]); !errors.Is(err, ErrBroken) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if _, err := k.Open(facts, append(bytes.Clone(envelope), 0)); !errors.Is(err, ErrBroken) {
		t.Errorf("longer: %v", err)
	}
}

// Ensure that lengths show in steps alone.
func TestSeal_HidesHowMuchWasWritten(t *testing.T) {
	k, _ := newKeys(t)
	if a, b := len(sealed(t, k, "{}")), len(sealed(t, k, strings.Repeat("x", Step))); a != b || a != headLen+Step+tagLen {
		t.Errorf("%d and %d bytes", a, b)
	}
	if _, err := k.Seal(facts, make([]byte, MaxPlain+1)); err == nil {
		t.Error("more than fits was sealed")
	}
}

// Ensure that after a rotation new envelopes are sealed to the new key and older
// ones still open; and that a key which was retired leaves its envelopes to the
// recovery key.
func TestKeys_RotateAndRetire(t *testing.T) {
	k, r := newKeys(t)
	old := sealed(t, k, "old")
	first := k.Intake()[0].Name
	must(t, k.Rotate(day.AddDate(0, 3, 0)))
	fresh := sealed(t, k, "new")
	if one, _, _ := Names(old); one != first {
		t.Errorf("%s, not %s", one, first)
	}
	if two, _, _ := Names(fresh); two == first || two != k.Intake()[1].Name || !k.Intake()[1].Seals || k.Intake()[0].Seals {
		t.Errorf("%s: %+v", two, k.Intake())
	}
	if _, err := k.Open(facts, old); err != nil {
		t.Error(err)
	}
	if err := k.Retire(k.Intake()[1].Name, day); err == nil {
		t.Error("the key that seals was retired")
	}
	if err := k.Retire("0123456789abcdef", day); err == nil {
		t.Error("a key that isn't there was retired")
	}
	must(t, k.Retire(first, day.AddDate(0, 6, 0)))
	if _, err := k.Open(facts, old); !errors.Is(err, ErrOtherKey) {
		t.Error(err)
	}
	if got, err := r.Open(facts, old); err != nil || !bytes.HasPrefix(got, []byte("old")) {
		t.Error(err)
	}
	if want := []Retired{{"2027-05-25", first}}; !slices.Equal(k.Retired(), want) {
		t.Errorf("%+v", k.Retired())
	}
}

// Ensure that files are their owner's alone, that a first one overwrites nothing,
// and that what is read again is what was written.
func TestFile_IsTheOwnersAloneAndWhole(t *testing.T) {
	k, r := newKeys(t)
	must(t, k.Rotate(day))
	must(t, k.Retire(k.Intake()[0].Name, day))
	dir := t.TempDir()
	name, offline := filepath.Join(dir, "keys"), filepath.Join(dir, "recovery")
	must(t, k.WriteFile(name, true))
	must(t, r.WriteFile(offline))
	if k.WriteFile(name, true) == nil || r.WriteFile(offline) == nil {
		t.Error("keys were overwritten")
	}
	must(t, os.WriteFile(name+".new", []byte("cut off"), 0o600))
	must(t, k.Rotate(day))
	must(t, k.WriteFile(name, false))
	for _, file := range []string{name, offline} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	again, err := ReadFile(name)
	must(t, err)
	recovered, err := ReadRecovery(offline)
	must(t, err)
	envelope := sealed(t, k, "x")
	if _, err := again.Open(facts, envelope); err != nil || !recovered.Of(again) || again.Person("Joan") != k.Person("Joan") || !slices.Equal(again.Retired(), k.Retired()) {
		t.Errorf("other keys were read: %v", err)
	}
	if _, err := os.Stat(name + ".new"); !os.IsNotExist(err) {
		t.Error("half a file is left")
	}
}

// Ensure that a file which is missing, damaged, something else or open to others
// is told apart, and says nothing of what is in it.
func TestReadFile_SaysWhatIsWrong(t *testing.T) {
	k, r := newKeys(t)
	dir := t.TempDir()
	text, err := k.text()
	must(t, err)
	if _, err := ReadFile(filepath.Join(dir, "none")); !Missing(err) {
		t.Error(err)
	}
	index := strings.Index(text, "index")
	for what, content := range map[string]string{
		"is no file": "hello\n", "is damaged": text[:len(text)-6], "can be read by others": text,
		"is damaged, a line twice": text + text[index:], "is damaged, no keys": heading + "\n", "is damaged, a word": text + "x y\n", "is damaged, a day": text + "intake x y\n",
		"is damaged, retired": text + "retired 2026-11-25 ../../x\n",
	} {
		name, mode := filepath.Join(dir, strings.ReplaceAll(what, " ", "-")), os.FileMode(0o600)
		if strings.Contains(what, "others") {
			mode = 0o644
		}
		must(t, os.WriteFile(name, []byte(content), mode))
		says, _, _ := strings.Cut(what, ",")
		if _, err := ReadFile(name); err == nil || Missing(err) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), b64(k.index)) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := ReadRecovery(name); err == nil {
			t.Errorf("%s is a recovery key", what)
		}
	}
	must(t, r.WriteFile(filepath.Join(dir, "r")))
	if _, err := ReadFile(filepath.Join(dir, "r")); err == nil {
		t.Error("the recovery key is a file of keys")
	}
}

// Ensure that a bundle says what these keys would say now, until they are
// rotated; and that its number rises then and at nothing else.
func TestBundle_IsSignedAndRises(t *testing.T) {
	k, r := newKeys(t)
	other, _ := newKeys(t)
	signed := func() (string, Bundle) {
		raw, err := k.Bundle("town", day)
		must(t, err)
		b, err := ReadBundle(raw)
		must(t, err)
		return raw, b
	}
	raw, before := signed()
	if !k.Says("town", raw) || k.Says("another", raw) || other.Says("town", raw) || k.Says("town", "") || before.Issuer != "town" || nameOf(before.Recovery) != r.key.name {
		t.Errorf("%+v", before)
	}
	if envelope, err := Seal(before.Intake, before.Recovery, facts, []byte("{}")); err != nil {
		t.Error(err)
	} else if _, err := k.Open(facts, envelope); err != nil {
		t.Error(err)
	}
	must(t, k.Rotate(day.Add(time.Hour)))
	_, after := signed()
	must(t, k.Retire(k.Intake()[0].Name, day))
	_, last := signed()
	if k.Says("town", raw) || after.Seq <= before.Seq || last.Seq != after.Seq || after.Signer != before.Signer {
		t.Errorf("%d, %d, %d", before.Seq, after.Seq, last.Seq)
	}
}

// Ensure that a bundle which was touched, or is another token, is none.
func TestReadBundle_RefusesWhatIsWrong(t *testing.T) {
	k, _ := newKeys(t)
	raw, err := k.Bundle("town", day)
	must(t, err)
	parts := strings.Split(raw, ".")
	for what, bad := range map[string]string{
		"nothing": "", "no signature": parts[0] + "." + parts[1] + ".", "half": raw[:len(raw)-4], "a newline": raw + "\n", "another header": parts[1] + "." + parts[1] + "." + parts[2],
		"too long": raw + strings.Repeat("A", maxBundle),
	} {
		if _, err := ReadBundle(bad); !errors.Is(err, ErrBundle) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
