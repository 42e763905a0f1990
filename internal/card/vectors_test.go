package card

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/card anew: packed.json and texts.json")

const folder = "../../testdata/card"

// packedFile is testdata/card/packed.json.
type packedFile struct {
	Issuer  string          `json:"issuer"`
	Keys    json.RawMessage `json:"keys"`
	Revoked struct {
		Cards    []string `json:"cards"`
		Vouchers []string `json:"vouchers"`
		Keys     []int    `json:"keys"`
	} `json:"revoked"`
	Vectors []vector `json:"vectors"`
}

func write(t *testing.T, name string, value any) {
	t.Helper()
	raw, err := json.MarshalIndent(value, "", "  ")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, name), append(raw, '\n'), 0o600))
}

func load(t testing.TB, name string, value any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, name))
	must(t, err)
	must(t, json.Unmarshal(raw, value))
}

// Ensure that each way of being wrong has its own code, the same here and in the app:
// app/src/card/vectors.test.ts reads the same file.
func TestCheck_SaysWhatIsWrong(t *testing.T) {
	w := newTable(newTown(t))
	list := w.fill()
	slices.SortStableFunc(list, func(a, b vector) int { return strings.Compare(a.Code+a.What, b.Code+b.What) })
	file := packedFile{Issuer: issuer, Keys: json.RawMessage(w.set.Text()), Vectors: list}
	file.Revoked.Cards, file.Revoked.Vouchers, file.Revoked.Keys = revoked.Cards, revoked.Vouchers, revoked.Keys
	if *update {
		write(t, "packed.json", file)
	}
	var read packedFile
	load(t, "packed.json", &read)
	if !slices.Equal(read.Vectors, list) {
		t.Error("packed.json is not what is made here: go test ./internal/card -update")
	}
	set, err := ReadSet(read.Issuer, string(read.Keys))
	must(t, err)
	bad, codes := 0, map[string]bool{}
	for _, v := range read.Vectors {
		packed, err := unb64(v.Packed)
		must(t, err)
		facts := Facts{Revoked: revoked, Seen: func(string) bool { return v.Seen }}
		if _, code := Check(set, facts, packed, time.Unix(v.At, 0)); code != v.Code {
			t.Errorf("%s: %s, not %s", v.What, code, v.Code)
		}
		if v.Code != OK {
			bad, codes[v.Code] = bad+1, true
		}
	}
	if bad < 40 || len(codes) != 16 {
		t.Errorf("%d bad ones with %d codes", bad, len(codes))
	}
}

// Ensure that no single bit of what a phone shows, or of anything else that is shown,
// can be changed.
func TestCheck_RefusesEverySingleBitFlip(t *testing.T) {
	w := newTown(t)
	for name, good := range map[string][]byte{"phone": w.shown(), "paper": w.printed(), "phone with voucher": slices.Concat(w.shown(), w.voucher(nil)), "paper with voucher": slices.Concat(w.printed(), w.voucher(nil))} {
		codes := map[string]int{}
		for i := range len(good) * 8 {
			code := w.check(bit(good, i))
			codes[code]++
			if code == OK {
				t.Errorf("%s: bit %d of byte %d", name, i%8, i/8)
			}
			if _, _, _, err := Open(w.set, bit(good, i)); err == nil {
				t.Errorf("%s: bit %d of byte %d opens", name, i%8, i/8)
			}
		}
		t.Logf("%s: %d flips: %v", name, len(good)*8, codes)
	}
}

// Ensure that digits are read as they were written, and no other text is.
func TestDigits_AreOneNumberOfAFixedLength(t *testing.T) {
	w := newTown(t)
	for _, packed := range [][]byte{w.printed(), w.shown(), slices.Concat(w.printed(), w.voucher(nil)), slices.Concat(w.shown(), w.voucher(nil)), make([]byte, 77), slices.Repeat([]byte{255}, 213)} {
		text := Digits(packed)
		if got, err := FromDigits(text); err != nil || !slices.Equal(got, packed) {
			t.Errorf("%d bytes: %v", len(packed), err)
		}
		for _, bad := range []string{"", "1" + text, text[1:], "-" + text[1:], "+" + text[1:], " " + text[1:], text[1:] + "\n", strings.Repeat("9", len(text)), "٣" + text[2:], "_" + text[1:], "0x" + text[2:]} {
			if _, err := FromDigits(bad); err != ErrUnreadable {
				t.Errorf("%.20q of %d: %v", bad, len(bad), err)
			}
		}
	}
	if _, err := FromDigits(Digits(w.bound())); err != ErrUnreadable {
		t.Error("a card without its proof has digits")
	}
}

// Ensure that the other form of a signature, which anybody can make, has the same name:
// nothing is told apart by its bytes.
func TestNames_AreOfWhatWasSigned(t *testing.T) {
	w := newTown(t)
	shown := w.shown()
	one, _ := Check(w.set, Facts{}, shown, now)
	two, code := Check(w.set, Facts{Seen: func(name string) bool { return name == one.Proof.Name }}, slices.Concat(shown[:149], mirrored(shown[149:])), now)
	if code != "proof_replayed" || two.Proof.Name != one.Proof.Name || two.Card.Name != one.Card.Name {
		t.Errorf("%s: %+v and %+v", code, one.Proof, two.Proof)
	}
}
