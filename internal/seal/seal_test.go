package seal

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/seal/go.json anew")

const vectors = "../../testdata/seal"

// vector is one blob with what opens it and what comes out.
type vector struct {
	Private string `json:"private"` // base64url of the 32 bytes
	Public  string `json:"public"`  // base64url of the 65 bytes
	Blob    string `json:"blob"`
	Plain   string `json:"plain"`
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func unb64(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func newKey(t testing.TB) *Key {
	t.Helper()
	k, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t testing.TB, k *Key, plain string) []byte {
	t.Helper()
	blob, err := Seal(k.Public(), []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// Ensure that what is sealed to a key is opened by it, whole, whatever it is.
func TestOpen_OpensWhatWasSealedToIt(t *testing.T) {
	k := newKey(t)
	for _, plain := range []string{"", "{}", strings.Repeat("Zoë ", 100_000)} {
		got, err := k.Open(sealed(t, k, plain))
		if err != nil || string(got) != plain {
			t.Errorf("%.10q: %.10q, %v", plain, got, err)
		}
	}
}

// Ensure that no bit of a blob can be changed, and nothing be cut off or added.
func TestOpen_RefusesWhatWasTouched(t *testing.T) {
	k := newKey(t)
	good := sealed(t, k, `{"protocol":1}`)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := k.Open(bad); !errors.Is(err, ErrBroken) && !errors.Is(err, ErrOtherKey) {
			t.Errorf("byte %d: %v", i, err)
		}
		if _, err := k.Open(good[:i]); !errors.Is(err, ErrBroken) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if _, err := k.Open(append(bytes.Clone(good), 0)); !errors.Is(err, ErrBroken) {
		t.Errorf("longer: %v", err)
	}
}

// Ensure that a blob for another key is told apart from a broken one: it may be
// right, and the key file be missing.
func TestOpen_TellsAnotherKey(t *testing.T) {
	one, other := newKey(t), newKey(t)
	if _, err := other.Open(sealed(t, one, "x")); !errors.Is(err, ErrOtherKey) {
		t.Error(err)
	}
}

// Ensure that what was sealed for another use of HPKE opens nowhere here.
func TestOpen_RefusesAnotherUse(t *testing.T) {
	k := newKey(t)
	to, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range []string{"", "kith concern 1", Info + " "} {
		raw, err := hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info), []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		name := nameOf(k.Public())
		if _, err := k.Open(append(append([]byte{version}, name[:]...), raw...)); !errors.Is(err, ErrBroken) {
			t.Errorf("%q: %v", info, err)
		}
	}
}

// Ensure that both sides speak the same: each opens what the other has sealed.
// app/src/turns/seal.test.ts reads go.json, and made js.json.
func TestVectors_OpenWhatTheOtherSideSealed(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	for _, name := range []string{"go.json", "js.json"} {
		raw, err := os.ReadFile(filepath.Join(vectors, name))
		if err != nil {
			t.Fatal(err)
		}
		var list []vector
		if err := json.Unmarshal(raw, &list); err != nil || len(list) < 3 {
			t.Fatalf("%s: %d vectors, %v", name, len(list), err)
		}
		for i, v := range list {
			private, err := hpke.DHKEM(ecdh.P256()).NewPrivateKey(unb64(t, v.Private))
			if err != nil {
				t.Fatal(err)
			}
			k := keyOf(private)
			plain, err := k.Open(unb64(t, v.Blob))
			if err != nil || string(plain) != v.Plain || b64(k.Public()) != v.Public {
				t.Errorf("%s, vector %d: %.20q, %v", name, i, plain, err)
			}
		}
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	var list []vector
	for _, plain := range []string{"", `{"protocol":1,"token":"x"}`, strings.Repeat("Zoë’s lunch ", 400)} {
		k := newKey(t)
		private, err := k.private.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, vector{b64(private), b64(k.Public()), b64(sealed(t, k, plain)), plain})
	}
	raw, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(vectors, "go.json"), append(raw, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Ensure that a key file is its owner's alone, is never overwritten, and is
// the same key when it is read again.
func TestMake_KeepsAKeyForItsOwnerAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "kith.keys")
	made, err := Make(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := Make(name); err == nil {
		t.Error("a key was overwritten")
	}
	read, err := Read(name)
	if err != nil || !bytes.Equal(read.Public(), made.Public()) {
		t.Errorf("another key was read: %v", err)
	}
	if plain, err := read.Open(sealed(t, made, "x")); err != nil || string(plain) != "x" {
		t.Errorf("it opens nothing: %v", err)
	}
}

// Ensure that a file that is missing, damaged, something else or open to others
// is told apart, and none of them makes a key.
func TestRead_SaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(filepath.Join(dir, "none")); !Missing(err) {
		t.Errorf("missing: %v", err)
	}
	good := filepath.Join(dir, "good")
	if _, err := Make(good); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for what, content := range map[string]string{"is no key file": "hello\n", "is damaged": string(raw[:len(raw)-6]), "can be read by others": string(raw)} {
		name := filepath.Join(dir, strings.ReplaceAll(what, " ", "-"))
		mode := os.FileMode(0o600)
		if what == "can be read by others" {
			mode = 0o644
		}
		if err := os.WriteFile(name, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(name); err == nil || Missing(err) || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Ensure that nothing that arrives makes a panic or opens by chance.
func FuzzOpen(f *testing.F) {
	k := newKey(f)
	good := sealed(f, k, "x")
	f.Add(good)
	f.Add(good[:9])
	f.Add([]byte{})
	f.Add(append(bytes.Clone(good[:9]), make([]byte, 81)...))
	f.Fuzz(func(t *testing.T, blob []byte) {
		if plain, err := k.Open(blob); err == nil && !bytes.Equal(blob, good) {
			t.Errorf("opened: %q", plain)
		}
	})
}
