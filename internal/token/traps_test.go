package token

import (
	"bytes"
	"crypto/elliptic"
	"encoding/base64"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Each trap of golang-jwt is shown to be there, and then to be shut here. When the first
// half of one of these fails, the library has changed: look what its new behaviour is.

const typKnown = "known+jwt"

// known makes a token without a key in it, as VerifyBy reads: header and claims as text.
func (s *signer) known(header, claims string) string {
	s.t.Helper()
	return s.by(jwt.SigningMethodES256, s.key, header, claims)
}

func (s *signer) by(method jwt.SigningMethod, key any, header, claims string) string {
	s.t.Helper()
	signed := b64([]byte(header)) + "." + b64([]byte(claims))
	sig, err := method.Sign(signed, key)
	if err != nil {
		s.t.Fatal(err)
	}
	return signed + "." + b64(sig)
}

func (s *signer) public() Key {
	s.t.Helper()
	k, err := KeyOf(&s.key.PublicKey)
	if err != nil {
		s.t.Fatal(err)
	}
	return k
}

func (s *signer) verifyBy(raw string) (claims string, err error) {
	_, claims, err = VerifyBy(raw, typKnown, 2048, func(kid string) (Key, bool) { return s.public(), kid == "7" })
	return claims, err
}

const goodHead, goodClaims = `{"alg":"ES256","kid":"7","typ":"known+jwt"}`, `{"iss":"town","exp":1}`

func anyKey(key any) jwt.Keyfunc { return func(*jwt.Token) (any, error) { return key, nil } }

// Ensure that a good token passes, with its words as they were signed and no claim judged.
func TestVerifyBy_ReturnsTheWords(t *testing.T) {
	s := newSigner(t)
	if claims, err := s.verifyBy(s.known(goodHead, goodClaims)); err != nil || claims != goodClaims {
		t.Errorf("%q, %v", claims, err)
	}
	head, _, err := VerifyBy(s.known(`{"alg":"ES256","typ":"known+jwt"}`, goodClaims), typKnown, 2048, func(kid string) (Key, bool) { return s.public(), kid == "" })
	if err != nil || head != `{"alg":"ES256","typ":"known+jwt"}` {
		t.Errorf("with no kid: %q, %v", head, err)
	}
}

// Trap: an empty list of methods restricts nothing.
func TestTrap_AnEmptyMethodListRestrictsNothing(t *testing.T) {
	s := newSigner(t)
	raw := s.by(jwt.SigningMethodHS256, []byte("x"), strings.Replace(goodHead, "ES256", "HS256", 1), goodClaims)
	if _, err := jwt.NewParser(jwt.WithValidMethods(nil), jwt.WithoutClaimsValidation()).Parse(raw, anyKey([]byte("x"))); err != nil {
		t.Errorf("the trap is gone: %v", err)
	}
	if _, err := parser().Parse(raw, anyKey([]byte("x"))); !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		t.Errorf("here: %v", err)
	}
	if _, err := s.verifyBy(raw); !errors.Is(err, ErrInvalid) {
		t.Errorf("here: %v", err)
	}
}

// Trap: HS256 passes with the bytes of a public key for its secret, where the key
// function returns bytes.
func TestTrap_APublicKeysBytesAreASecret(t *testing.T) {
	s := newSigner(t)
	point, err := s.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	raw := s.by(jwt.SigningMethodHS256, point, strings.Replace(goodHead, "ES256", "HS256", 1), goodClaims)
	if _, err := jwt.NewParser(jwt.WithoutClaimsValidation()).Parse(raw, anyKey(point)); err != nil {
		t.Errorf("the trap is gone: %v", err)
	}
	if _, err := s.verifyBy(raw); !errors.Is(err, ErrInvalid) {
		t.Errorf("here: %v", err)
	}
}

// Trap: to ask for an empty issuer or audience is to ask for none.
func TestTrap_AnEmptyIssuerOrAudienceIsNotAskedFor(t *testing.T) {
	s := newSigner(t)
	raw := s.known(goodHead, `{"iss":"another town","aud":"another"}`)
	for _, option := range []jwt.ParserOption{jwt.WithIssuer(""), jwt.WithAudience(), jwt.WithAllAudiences()} {
		if _, err := jwt.NewParser(option).Parse(raw, anyKey(&s.key.PublicKey)); err != nil {
			t.Errorf("the trap is gone: %v", err)
		}
	}
	// Here no claim is judged by the parser, so that nobody relies on it: whoever reads
	// compares. A proof for no address, asked for at no address, is none.
	if _, err := VerifyProof(s.good(nil, map[string]any{"htu": nil, "htm": nil}), "", "", "", now); !errors.Is(err, ErrInvalid) {
		t.Errorf("here: %v", err)
	}
}

// Trap: typ and crit are not looked at.
func TestTrap_TypAndCritAreIgnored(t *testing.T) {
	s := newSigner(t)
	for what, head := range map[string]string{
		"typ": `{"alg":"ES256","kid":"7","typ":"other+jwt"}`, "typ in capitals": `{"alg":"ES256","kid":"7","typ":"KNOWN+JWT"}`, "no typ": `{"alg":"ES256","kid":"7"}`,
		"crit": `{"alg":"ES256","kid":"7","typ":"known+jwt","crit":["exp"]}`, "crit for kid": `{"alg":"ES256","typ":"known+jwt","crit":["kid"]}`,
	} {
		raw := s.known(head, goodClaims)
		if _, err := jwt.NewParser(jwt.WithoutClaimsValidation()).Parse(raw, anyKey(&s.key.PublicKey)); err != nil {
			t.Errorf("%s: the trap is gone: %v", what, err)
		}
		if _, err := s.verifyBy(raw); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s, here: %v", what, err)
		}
	}
}

// Trap: claims that are read into a struct fold case, and a later one wins.
func TestTrap_ClaimsInAStructFoldCase(t *testing.T) {
	s := newSigner(t)
	var claims jwt.RegisteredClaims
	if _, err := jwt.NewParser().ParseWithClaims(s.known(goodHead, `{"sub":"she","SUB":"me"}`), &claims, anyKey(&s.key.PublicKey)); err != nil || claims.Subject != "me" {
		t.Errorf("the trap is gone: %q, %v", claims.Subject, err)
	}
	// Here claims are words, which a reader writes anew and compares; or a map, in which a
	// folded name is another one.
	if _, err := verify(s.good(nil, map[string]any{"jti": nil, "JTI": "0123456789abcdef"})); !errors.Is(err, ErrInvalid) {
		t.Errorf("here: %v", err)
	}
}

// Trap: a claims object that was used before keeps what the new token doesn't say.
func TestTrap_AClaimsObjectKeepsWhatWasThere(t *testing.T) {
	s := newSigner(t)
	claims := jwt.MapClaims{}
	later := time.Now().Add(time.Hour).Unix()
	for _, c := range []any{map[string]any{"exp": later, "sub": "she"}, map[string]any{"sub": "me"}} {
		raw := s.raw(map[string]any{"alg": "ES256"}, c, jwt.SigningMethodES256, s.key)
		if _, err := jwt.NewParser(jwt.WithExpirationRequired()).ParseWithClaims(raw, claims, anyKey(&s.key.PublicKey)); err != nil {
			t.Errorf("the trap is gone: %v", err)
		}
	}
	one, err := verify(s.good(nil, map[string]any{"ath": "one"}))
	if err != nil || one.Access != "one" {
		t.Fatalf("%+v, %v", one, err)
	}
	if two, err := verify(s.good(nil, nil)); err != nil || two.Access != "" {
		t.Errorf("here: %+v, %v", two, err)
	}
}

// Trap: a newline inside of a signature is skipped when it is decoded, so that one token
// has many texts.
func TestTrap_ANewlineInsideASignaturePasses(t *testing.T) {
	s := newSigner(t)
	good := s.known(goodHead, goodClaims)
	for _, mark := range []string{"\n", "\r", "\r\n"} {
		raw := good[:len(good)-9] + mark + good[len(good)-9:]
		if _, err := jwt.NewParser(jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation()).Parse(raw, anyKey(&s.key.PublicKey)); err != nil {
			t.Errorf("the trap is gone: %v", err)
		}
		for _, at := range []int{0, 5, len(good) / 2, len(good) - 9, len(good)} {
			if _, err := s.verifyBy(good[:at] + mark + good[at:]); !errors.Is(err, ErrInvalid) {
				t.Errorf("here, at %d: %v", at, err)
			}
		}
	}
}

// Trap: (r, n−s) verifies, so that two texts are one token. It passes here, too: nothing
// is told apart by its text.
func TestTrap_TheOtherFormOfASignatureVerifies(t *testing.T) {
	s := newSigner(t)
	raw := s.known(goodHead, goodClaims)
	other := mirrored(t, raw)
	if other == raw {
		t.Fatal("no other form")
	}
	if claims, err := s.verifyBy(other); err != nil || claims != goodClaims {
		t.Errorf("%q, %v", claims, err)
	}
	cut := strings.LastIndexByte(other, '.')
	sig, err := base64.RawURLEncoding.DecodeString(other[cut+1:])
	if err != nil || !s.public().Verifies(other[:cut], sig) {
		t.Errorf("raw: %v", err)
	}
}

// Trap: the library has no bound, and parses whatever comes. Here nothing longer than
// its bound is looked at, and what has just that length is.
func TestTrap_NothingIsCapped(t *testing.T) {
	s := newSigner(t)
	raw := s.known(goodHead, `{"x":"`+strings.Repeat("x", 1<<20)+`"}`)
	if _, err := jwt.NewParser().Parse(raw, anyKey(&s.key.PublicKey)); err != nil {
		t.Errorf("the trap is gone: %v", err)
	}
	raw = s.known(goodHead, goodClaims)
	for spare, want := range map[int]int{0: 1, -1: 0} {
		asked := 0
		_, _, err := VerifyBy(raw, typKnown, len(raw)+spare, func(string) (Key, bool) { asked++; return s.public(), true })
		if asked != want || (err == nil) != (want == 1) {
			t.Errorf("with %d to spare: asked %d times, %v", spare, asked, err)
		}
	}
}

// Ensure that a kid is text, that the key is the reader's choice alone, and that the
// header has nothing else in it.
func TestVerifyBy_TakesItsOwnHeaderAlone(t *testing.T) {
	s, other := newSigner(t), newSigner(t)
	jwk := `{"kty":"EC","crv":"P-256","x":"` + other.public().X + `","y":"` + other.public().Y + `"}`
	for what, head := range map[string]string{
		"another kid": `{"alg":"ES256","kid":"8","typ":"known+jwt"}`, "a kid that is a number": `{"alg":"ES256","kid":7,"typ":"known+jwt"}`, "an empty kid": `{"alg":"ES256","kid":"","typ":"known+jwt"}`, "kid null": `{"alg":"ES256","kid":null,"typ":"known+jwt"}`,
		"no kid": `{"alg":"ES256","typ":"known+jwt"}`, "a key of its own": `{"alg":"ES256","jwk":` + jwk + `,"kid":"7","typ":"known+jwt"}`, "jku": `{"alg":"ES256","jku":"https://evil.example","kid":"7","typ":"known+jwt"}`,
		"b64 false": `{"alg":"ES256","b64":false,"kid":"7","typ":"known+jwt"}`, "zip": `{"alg":"ES256","kid":"7","typ":"known+jwt","zip":"DEF"}`, "a list": `[]`, "null": `null`, "nothing": ``,
	} {
		for who, key := range map[string]*signer{"its key": s, "another's": other} {
			if _, err := s.verifyBy(key.known(head, goodClaims)); !errors.Is(err, ErrInvalid) {
				t.Errorf("%s, signed by %s: %v", what, who, err)
			}
		}
	}
	if _, err := s.verifyBy(other.known(goodHead, goodClaims)); !errors.Is(err, ErrInvalid) {
		t.Errorf("by another key: %v", err)
	}
	empty := s.known(`{"alg":"ES256","kid":"","typ":"known+jwt"}`, goodClaims)
	if _, _, err := VerifyBy(empty, typKnown, 2048, func(kid string) (Key, bool) { return s.public(), kid == "" }); !errors.Is(err, ErrInvalid) {
		t.Errorf("an empty kid is none: %v", err)
	}
	for _, claims := range []string{"", "null", "[]", "1", `"x"`, "{", "{}x"} {
		if words, err := s.verifyBy(s.known(goodHead, claims)); err == nil && claims != "null" {
			t.Errorf("claims %q: %q", claims, words)
		}
	}
}

// Ensure that a raw signature is refused in each way that Wycheproof knows to break one.
func TestVerifies_RefusesBrokenSignatures(t *testing.T) {
	s := newSigner(t)
	const text = "what was signed"
	sig, err := SignRaw(s.key, text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := SignRaw(s.key, text)
	if err != nil || !bytes.Equal(sig, again) || !s.public().Verifies(text, sig) {
		t.Fatalf("%x and %x, %v", sig, again, err)
	}
	r, q := sig[:32], sig[32:]
	order := elliptic.P256().Params().N
	number := func(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }
	plus := func(n int64) []byte { return number(new(big.Int).Add(order, big.NewInt(n))) }
	zero, one, ones := make([]byte, 32), number(big.NewInt(1)), bytes.Repeat([]byte{255}, 32)
	for what, bad := range map[string][]byte{
		"nothing": {}, "r alone": r, "63 bytes": sig[:63], "65 bytes": append(slices.Clone(sig), 0), "a nought before": append([]byte{0}, sig...), "96 bytes": slices.Concat(sig, r),
		"all noughts": slices.Concat(zero, zero), "r nought": slices.Concat(zero, q), "s nought": slices.Concat(r, zero), "r one": slices.Concat(one, q), "s one": slices.Concat(r, one), "both one": slices.Concat(one, one),
		"r the order": slices.Concat(plus(0), q), "s the order": slices.Concat(r, plus(0)), "both the order": slices.Concat(plus(0), plus(0)), "r the order and one": slices.Concat(plus(1), q), "s the order and one": slices.Concat(r, plus(1)), "s the order less one": slices.Concat(r, plus(-1)),
		"r all ones": slices.Concat(ones, q), "s all ones": slices.Concat(r, ones), "both all ones": slices.Concat(ones, ones), "changed about": slices.Concat(q, r), "n-r": slices.Concat(number(new(big.Int).Sub(order, new(big.Int).SetBytes(r))), q),
		"r twice": slices.Concat(r, r), "DER": der(t, s.key), "little endian": func() []byte { b := slices.Clone(sig); slices.Reverse(b); return b }(),
	} {
		if s.public().Verifies(text, bad) {
			t.Errorf("%s passes", what)
		}
	}
	for what, key := range map[string]Key{"no key": {}, "half a key": {Kty: "EC", Crv: "P-256", X: s.public().X}, "another curve": {Kty: "EC", Crv: "P-384", X: s.public().X, Y: s.public().Y}, "another's": newSigner(t).public(), "off the curve": {Kty: "EC", Crv: "P-256", X: s.public().X, Y: s.public().X}} {
		if key.Verifies(text, sig) {
			t.Errorf("%s verifies", what)
		}
	}
	if s.public().Verifies(text+" ", sig) || s.public().Verifies("", sig) {
		t.Error("another text verifies")
	}
}

// Ensure that no token of a known key, however broken, makes a panic or passes.
func FuzzVerifyBy(f *testing.F) {
	k := Key{Kty: "EC", Crv: "P-256", X: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", Y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
	f.Add(b64([]byte(goodHead)) + "." + b64([]byte(goodClaims)) + "." + strings.Repeat("A", 86))
	f.Add(b64([]byte(`{"alg":"none","typ":"known+jwt"}`)) + ".e30.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, raw string) {
		if _, claims, err := VerifyBy(raw, typKnown, 2048, func(string) (Key, bool) { return k, true }); err == nil {
			t.Errorf("passed: %q", claims)
		}
	})
}
