package hooks_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks"
	"kith/internal/card"
)

// cardKeysFile is where the keys of this town's cards lie.
func (w *town) cardKeysFile() string { return w.app.DataDir() + ".card-keys" }

// toldOfCards are the public halves that everybody knows.
func (w *town) toldOfCards() card.Set {
	w.t.Helper()
	c, err := w.app.FindFirstRecordByFilter("communities", "")
	must(w.t, err)
	set, err := card.ReadSet(c.Id, c.GetString("cardKeys"))
	must(w.t, err)
	return set
}

func (w *town) cardVerb(args ...string) (string, error) {
	return verbOf(w.t.(*testing.T), hooks.Verbs(w.app, w.registry, hooks.Config{}), args...)
}

// signs is a ring of this town's own keys.
func (w *town) signs() *card.Ring {
	w.t.Helper()
	keys, err := card.ReadFile(w.cardKeysFile())
	must(w.t, err)
	ring := &card.Ring{}
	ring.Put(w.toldOfCards().Issuer, keys)
	return ring
}

// cardOut puts a printed card into the database, as if it were in somebody's pocket.
func (w *town) cardOut(sub card.ID) string {
	w.t.Helper()
	packed, err := w.signs().Card(sub, card.Day(time.Now()), card.Units(365), nil)
	must(w.t, err)
	text := base64.RawURLEncoding.EncodeToString(packed)
	id := newID()
	w.exec("INSERT INTO cards (id, account, sub, kind, packed, status) VALUES ('" + id + "', '" + newID() + "', '" + sub.String() + "', 'printed', '" + text + "', 'active')")
	return id
}

// Ensure that the keys of cards are made at the first start, outside of the data folder
// and for their owner alone, and that everybody is told of the public halves.
func TestCardKeys_AreMadeAtTheFirstStart(t *testing.T) {
	w := newTown(t)
	info, err := os.Stat(w.cardKeysFile())
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	told := w.toldOfCards()
	if len(told.Keys) != len(card.Purposes) || told.Issuer == "" {
		t.Errorf("%+v", told)
	}
	if out, err := w.cardVerb("keys", "check", "cards"); err != nil || !strings.Contains(out, "0 cards (0 of them on paper), 0 vouchers and 0 tills are signed") || strings.Count(out, "which signs now") != 4 {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := w.cardVerb("keys", "new", "cards"); err == nil || !strings.Contains(err.Error(), "there are keys already") {
		t.Errorf("new, where they are: %v", err)
	}
	inside := hooks.Config{CardKeys: filepath.Join(w.app.DataDir(), "x")}
	if _, err := verbOf(t, hooks.Verbs(w.app, w.registry, inside), "keys", "check", "cards"); err == nil || !strings.Contains(err.Error(), "KITH_CARD_KEYS") {
		t.Errorf("inside of the data folder: %v", err)
	}
}

// Ensure that the next keys are told of before they sign, once; that a running server
// takes them up; and that no key is destroyed while it signs.
func TestCardKeys_AreRotatedAheadOfTime(t *testing.T) {
	w := newTown(t)
	if out, err := w.cardVerb("keys", "rotate", "cards"); err != nil || !strings.Contains(out, "sign from "+time.Now().UTC().AddDate(0, 0, 30).Format(time.DateOnly)) {
		t.Errorf("%s, %v", out, err)
	}
	w.runs("kithCardKeys")
	told := w.toldOfCards()
	if len(told.Keys) != 8 || told.Keys[0].Until != told.Keys[4].From || told.Keys[4].Until != 0 {
		t.Errorf("%+v", told.Keys)
	}
	if _, err := w.cardVerb("keys", "rotate", "cards"); err == nil || !strings.Contains(err.Error(), "nothing was done: the next keys are there already") {
		t.Errorf("a second time: %v", err)
	}
	for _, c := range []struct{ number, says string }{{"1", "it still signs"}, {"5", "it still signs"}, {"99", "there is no such key"}, {"one", "by its number"}, {"257", "by its number"}} {
		if _, err := w.cardVerb("keys", "retire", "cards", c.number); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("retire %s: %v", c.number, err)
		}
	}
	if got := w.actions("cardKeys."); !slices.Equal(got, []string{"cardKeys.rotate console"}) {
		t.Errorf("%v", got)
	}
}

// Ensure that a key which was stolen is given up only when somebody says yes to what
// that breaks, and that another signs in its place at once.
func TestCardKeys_ThatWereStolenCountNoMore(t *testing.T) {
	w := newTown(t)
	w.cardOut(card.ID{1})
	if _, err := w.cardVerb("keys", "retire", "cards", "1", "--stolen"); err == nil || !strings.Contains(err.Error(), "nothing was done: 1 card (1 of them on paper), 0 vouchers and 0 tills") {
		t.Errorf("without a yes: %v", err)
	}
	if out, err := w.cardVerb("keys", "check", "cards"); err != nil || !strings.Contains(out, "1 card (1 of them on paper)") {
		t.Errorf("%s, %v", out, err)
	}
	_, err := w.cardVerb("keys", "retire", "cards", "1", "--stolen", "--yes")
	must(t, err)
	w.runs("kithCardKeys")
	if told := w.toldOfCards(); slices.ContainsFunc(told.Keys, func(k card.Public) bool { return k.Kid == 1 }) || len(told.Keys) != 4 {
		t.Errorf("%+v", told.Keys)
	}
	if got := w.signs().Keys().Revoked(); !slices.Equal(got, []int{1}) {
		t.Errorf("%v", got)
	}
	if _, err := w.cardVerb("keys", "check", "cards"); err == nil || !strings.Contains(err.Error(), "1 of them are by no key here") {
		t.Errorf("check: %v", err)
	}
	w.cardOut(card.ID{2}) // by the new one
}

// Ensure that where something is signed and the key file is missing, nobody makes new
// keys by mistake, neither by a verb nor by the server, which goes on without; that new
// ones leave good what is out; and that they don't where the file was stolen.
func TestCardKeys_ThatAreMissingAreNotReplacedByMistake(t *testing.T) {
	w := newTown(t)
	id := w.cardOut(card.ID{1})
	raw, err := os.ReadFile(w.cardKeysFile())
	must(t, err)
	gone := func() { must(t, os.Remove(w.cardKeysFile())) }
	gone()
	for _, args := range [][]string{{"keys", "check", "cards"}, {"keys", "rotate", "cards"}, {"keys", "retire", "cards", "1"}} {
		if _, err := w.cardVerb(args...); err == nil || !strings.Contains(err.Error(), "the keys of cards are missing: 1 card (1 of them on paper)") {
			t.Errorf("%v: %v", args, err)
		}
	}
	if _, err := w.cardVerb("keys", "new", "cards"); err == nil || !strings.Contains(err.Error(), "nothing was done") || !strings.Contains(err.Error(), "--lost") {
		t.Errorf("new: %v", err)
	}
	_, said, err := again(t, w.app.DataDir(), hooks.Config{})
	must(t, err)
	if !strings.Contains(said, "the keys of cards are missing") || strings.Contains(said, "keys new cards") {
		t.Errorf("serve says %s", said)
	}
	if _, err := os.Stat(w.cardKeysFile()); err == nil {
		t.Error("a file was made")
	}
	_, err = w.cardVerb("keys", "new", "cards", "--lost")
	must(t, err)
	if out, err := w.cardVerb("keys", "check", "cards"); err != nil || strings.Count(out, "of which the private half is gone") != 4 {
		t.Errorf("what was out: %s, %v", out, err)
	}
	other, err := os.ReadFile(w.cardKeysFile())
	must(t, err)
	gone()
	_, err = w.cardVerb("keys", "new", "cards", "--lost", "--stolen")
	must(t, err)
	if _, err := w.cardVerb("keys", "check", "cards"); err == nil || !strings.Contains(err.Error(), id) {
		t.Errorf("what was stolen counts: %v", err)
	}
	for _, file := range [][]byte{raw, other} { // older than what everybody knows
		must(t, os.WriteFile(w.cardKeysFile(), file, 0o600))
		if _, err := w.cardVerb("keys", "check", "cards"); err == nil || !strings.Contains(err.Error(), "not the ones that cards are signed by") {
			t.Errorf("other keys: %v", err)
		}
	}
}

// Ensure that the demo town comes with keys that all of its cards and vouchers are by.
func TestCardKeys_AreMadeWithTheDemoTown(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	_, err := verb(t, data, hooks.Config{}, "seed")
	must(t, err)
	out, err := verb(t, data, hooks.Config{}, "keys", "check", "cards")
	if err != nil || strings.HasPrefix(out, "0 cards") || strings.Contains(out, " 0 vouchers") {
		t.Errorf("%s, %v", out, err)
	}
}

// Ensure that the doctor says when the keys of cards are missing, open to others, or
// those of somewhere else.
func TestDoctor_NamesMissingKeysOfCards(t *testing.T) {
	w := newTown(t)
	must(t, os.Chmod(w.app.DataDir(), 0o700))
	if wrong, err := doctor(t, w.app.DataDir()); err != nil {
		t.Errorf("with its keys: %v", wrong)
	}
	must(t, os.Chmod(w.cardKeysFile(), 0o644))
	w.names(t, "card keys", "chmod 600")
	must(t, os.Remove(w.cardKeysFile()))
	w.names(t, "card keys", "is missing")
	keys, err := card.NewKeys(time.Now(), card.Set{}, false)
	must(t, err)
	must(t, keys.WriteFile(w.cardKeysFile(), true))
	w.names(t, "card keys", "are not the ones")
}
