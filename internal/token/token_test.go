package token

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kith/internal/limits"
)

const (
	host = "kith.example.org"
	path = "/api/join"
	site = "https://" + host
)

var now = time.Unix(1_790_000_000, 0)

// signer makes proofs, good ones and wrong ones.
type signer struct {
	t   *testing.T
	key *ecdsa.PrivateKey
}

func newSigner(t *testing.T) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{t, key}
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (s *signer) jwk() map[string]any {
	raw, err := s.key.PublicKey.Bytes()
	if err != nil {
		s.t.Fatal(err)
	}
	return map[string]any{"kty": "EC", "crv": "P-256", "x": b64(raw[1:33]), "y": b64(raw[33:])}
}

func (s *signer) claims(change map[string]any) jwt.MapClaims {
	c := jwt.MapClaims{"htm": "POST", "htu": site + path, "iat": now.Unix(), "jti": "0123456789abcdef"}
	for k, v := range change {
		if v == nil {
			delete(c, k)
		} else {
			c[k] = v
		}
	}
	return c
}

func (s *signer) header(change map[string]any) map[string]any {
	h := map[string]any{"typ": TypProof, "alg": "ES256", "jwk": s.jwk()}
	for k, v := range change {
		if v == nil {
			delete(h, k)
		} else {
			h[k] = v
		}
	}
	return h
}

// raw signs with any method and key whatever the header says.
func (s *signer) raw(header map[string]any, claims any, method jwt.SigningMethod, key any) string {
	s.t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		s.t.Fatal(err)
	}
	signed := b64(h) + "." + b64(c)
	sig, err := method.Sign(signed, key)
	if err != nil {
		s.t.Fatal(err)
	}
	return signed + "." + b64(sig)
}

func (s *signer) good(header, claims map[string]any) string {
	s.t.Helper()
	return s.raw(s.header(header), s.claims(claims), jwt.SigningMethodES256, s.key)
}

func verify(raw string) (Proof, error) { return VerifyProof(raw, "POST", host, path, now) }

// Ensure that a good proof passes, and names its key after RFC 7638.
func TestVerifyProof_AcceptsAGoodProof(t *testing.T) {
	s := newSigner(t)
	for name, claims := range map[string]map[string]any{
		"plain":                 {},
		"host in capitals":      {"htu": strings.ToUpper(site) + path},
		"another scheme":        {"htu": "http://" + host + path}, // a proxy ends TLS before us
		"a claim of the future": {"ath": "x"},
		"just young enough":     {"iat": now.Add(-limits.ProofAge).Unix()},
		"just not too early":    {"iat": now.Add(limits.ProofAge).Unix()},
	} {
		p, err := verify(s.good(nil, claims))
		if err != nil || p.ID != "0123456789abcdef" || p.Key.X != s.jwk()["x"] || len(p.Key.Thumbprint()) != 43 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// Ensure that a key is named as RFC 7638 says: the members in order, no spaces.
func TestThumbprint_IsRFC7638(t *testing.T) {
	// Made with Python's hashlib from the JWK of RFC 7515, appendix A.3.
	k := Key{Kty: "EC", Crv: "P-256", X: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", Y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
	if got := k.Thumbprint(); got != "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U" {
		t.Errorf("thumbprint %s", got)
	}
}

// Ensure that each way of being wrong is refused, and none of them as a clock.
func TestVerifyProof_RefusesWhatIsWrong(t *testing.T) {
	s, other := newSigner(t), newSigner(t)
	good := s.good(nil, nil)
	parts := strings.Split(good, ".")
	jwk := func(change map[string]any) map[string]any {
		k := s.jwk()
		for name, v := range change {
			if v == nil {
				delete(k, name)
			} else {
				k[name] = v
			}
		}
		return map[string]any{"jwk": k}
	}
	private := s.jwk()
	private["d"] = b64(bytes.Repeat([]byte{1}, 32))
	for name, raw := range map[string]string{
		"nothing":               "",
		"not a token":           "x.y.z",
		"two parts":             parts[0] + "." + parts[1],
		"four parts":            good + ".x",
		"oversized":             s.good(nil, map[string]any{"x": strings.Repeat("a", limits.Proof)}),
		"another method":        s.good(nil, map[string]any{"htm": "GET"}),
		"no method":             s.good(nil, map[string]any{"htm": nil}),
		"a method folded":       s.good(nil, map[string]any{"htm": "post"}),
		"another host":          s.good(nil, map[string]any{"htu": "https://evil.example" + path}),
		"host as user":          s.good(nil, map[string]any{"htu": "https://" + host + "@evil.example" + path}),
		"host and port":         s.good(nil, map[string]any{"htu": site + ":444" + path}),
		"a query":               s.good(nil, map[string]any{"htu": site + path + "?x=1"}),
		"an empty query":        s.good(nil, map[string]any{"htu": site + path + "?"}),
		"a fragment":            s.good(nil, map[string]any{"htu": site + path + "#x"}),
		"a user":                s.good(nil, map[string]any{"htu": "https://rosa@" + host + path}),
		"no scheme":             s.good(nil, map[string]any{"htu": "//" + host + path}),
		"a scheme of elsewhere": s.good(nil, map[string]any{"htu": "ftp://" + host + path}),
		"another path":          s.good(nil, map[string]any{"htu": site + "/api/session"}),
		"a longer path":         s.good(nil, map[string]any{"htu": site + path + "/"}),
		"no address":            s.good(nil, map[string]any{"htu": nil}),
		"a broken address":      s.good(nil, map[string]any{"htu": "https://%zz" + path}),
		"an address of a kind":  s.good(nil, map[string]any{"htu": []string{site + path}}),
		"no id":                 s.good(nil, map[string]any{"jti": nil}),
		"a short id":            s.good(nil, map[string]any{"jti": "1"}),
		"a long id":             s.good(nil, map[string]any{"jti": strings.Repeat("x", 65)}),
		"no time":               s.good(nil, map[string]any{"iat": nil}),
		"time as text":          s.good(nil, map[string]any{"iat": "1790000000"}),
		"claims in capitals":    s.raw(s.header(nil), map[string]any{"HTM": "POST", "HTU": site + path, "IAT": now.Unix(), "JTI": "0123456789abcdef"}, jwt.SigningMethodES256, s.key),
		"claims as a list":      s.raw(s.header(nil), []any{1}, jwt.SigningMethodES256, s.key),
		"typ JWT":               s.good(map[string]any{"typ": "JWT"}, nil),
		"no typ":                s.good(map[string]any{"typ": nil}, nil),
		"typ in capitals":       s.good(map[string]any{"typ": "DPOP+JWT"}, nil),
		"crit":                  s.good(map[string]any{"crit": []string{"exp"}}, nil),
		"kid":                   s.good(map[string]any{"kid": "1"}, nil),
		"jku":                   s.good(map[string]any{"jku": "https://evil.example/keys"}, nil),
		"no key":                s.good(map[string]any{"jwk": nil}, nil),
		"another's key":         s.raw(s.header(map[string]any{"jwk": other.jwk()}), s.claims(nil), jwt.SigningMethodES256, s.key),
		"a private key":         s.good(map[string]any{"jwk": private}, nil),
		"a key without y":       s.good(jwk(map[string]any{"y": nil}), nil),
		"a short x":             s.good(jwk(map[string]any{"x": "AAAA"}), nil),
		"x not base64":          s.good(jwk(map[string]any{"x": strings.Repeat("!", 43)}), nil),
		"a point off the curve": s.good(jwk(map[string]any{"x": b64(bytes.Repeat([]byte{1}, 32))}), nil),
		"the point at infinity": s.good(jwk(map[string]any{"x": b64(make([]byte, 32)), "y": b64(make([]byte, 32))}), nil),
		"kty RSA":               s.good(jwk(map[string]any{"kty": "RSA"}), nil),
		"crv P-384":             s.good(jwk(map[string]any{"crv": "P-384"}), nil),
		"no signature":          parts[0] + "." + parts[1] + ".",
		"a newline inside":      parts[0] + "." + parts[1] + "." + parts[2][:10] + "\n" + parts[2][10:],
		"a return inside":       parts[0] + "." + parts[1][:5] + "\r" + parts[1][5:] + "." + parts[2],
		"a space before":        " " + good,
		"padding":               good + "==",
		"loose last bits":       loosened(t, good),
		"DER signature":         parts[0] + "." + parts[1] + "." + b64(der(t, s.key)),
		"zero signature":        parts[0] + "." + parts[1] + "." + b64(make([]byte, 64)),
	} {
		if _, err := verify(raw); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func der(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	sig, err := ecdsa.SignASN1(rand.Reader, key, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// loosened changes the unused last bits of a signature's base64: the same bytes
// in another text.
func loosened(t *testing.T, raw string) string {
	t.Helper()
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(letters, raw[len(raw)-1])
	return raw[:len(raw)-1] + string(letters[last^1])
}

// Ensure that no other algorithm passes, least of all the ones with a trick:
// none, and HMAC with the public key for its secret.
func TestVerifyProof_TakesES256Alone(t *testing.T) {
	s := newSigner(t)
	public, err := s.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	alg := func(name string) map[string]any { return s.header(map[string]any{"alg": name}) }
	for name, raw := range map[string]string{
		"none":                        s.raw(alg("none"), s.claims(nil), jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"None":                        s.raw(alg("None"), s.claims(nil), jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"HS256 by the public key":     s.raw(alg("HS256"), s.claims(nil), jwt.SigningMethodHS256, public),
		"HS256 by the key's text":     s.raw(alg("HS256"), s.claims(nil), jwt.SigningMethodHS256, []byte(s.jwk()["x"].(string))),
		"RS256":                       s.raw(alg("RS256"), s.claims(nil), jwt.SigningMethodRS256, rsaKey),
		"ES384":                       s.raw(alg("ES384"), s.claims(nil), jwt.SigningMethodES384, p384),
		"no alg":                      s.good(map[string]any{"alg": nil}, nil),
		"alg es256":                   s.good(map[string]any{"alg": "es256"}, nil),
		"alg none, ES256's signature": s.good(map[string]any{"alg": "none"}, nil),
	} {
		if _, err := verify(raw); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Ensure that the parser itself is shut, whatever a key function of later days
// returns: with bytes for a key, HS256 would pass.
func TestParser_TakesES256Alone(t *testing.T) {
	s := newSigner(t)
	raw := s.raw(s.header(map[string]any{"alg": "HS256"}), s.claims(nil), jwt.SigningMethodHS256, []byte("public"))
	if _, err := parser().Parse(raw, func(*jwt.Token) (any, error) { return []byte("public"), nil }); err == nil {
		t.Error("HS256 passed")
	}
}

// Ensure that only a proof which is right in all else learns that its clock is
// wrong: the answer tells the server's time.
func TestVerifyProof_TellsTheClockOnlyToWhoIsRight(t *testing.T) {
	s := newSigner(t)
	for _, iat := range []any{now.Unix() - 91, now.Unix() + 91, 0, -1, 1e300, -1e300, 1 << 53} {
		if _, err := verify(s.good(nil, map[string]any{"iat": iat})); !errors.Is(err, ErrClock) {
			t.Errorf("iat %v: %v", iat, err)
		}
	}
	if _, err := verify(s.good(nil, map[string]any{"iat": 0, "htu": "https://evil.example" + path})); !errors.Is(err, ErrInvalid) {
		t.Errorf("wrong in two ways: %v", err)
	}
}

// Ensure that the second form of a signature, (r, n-s), which anybody can make
// of the first, has the same id: nothing may be told apart by its token's text.
func TestVerifyProof_TheOtherFormOfASignatureHasTheSameID(t *testing.T) {
	s := newSigner(t)
	good := s.good(nil, nil)
	one, err := verify(good)
	if err != nil {
		t.Fatal(err)
	}
	two, err := verify(mirrored(t, good))
	if err != nil || one != two {
		t.Errorf("%+v and %+v, %v", one, two, err)
	}
	var once Once
	if !once.Use(one.Key.Thumbprint()+one.ID, now, time.Minute) || once.Use(two.Key.Thumbprint()+two.ID, now, time.Minute) {
		t.Error("it could be used twice")
	}
}

func mirrored(t *testing.T, raw string) string {
	t.Helper()
	cut := strings.LastIndex(raw, ".")
	sig, err := base64.RawURLEncoding.DecodeString(raw[cut+1:])
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(sig[32:]))
	s.FillBytes(sig[32:])
	return raw[:cut+1] + b64(sig)
}

// Ensure that an id is refused for as long as it could pass, and forgotten after.
func TestOnce_RefusesTheSecondTime(t *testing.T) {
	var o Once
	keep := time.Minute
	if !o.Use("a", now, keep) || o.Use("a", now, keep) || o.Use("a", now.Add(keep), keep) {
		t.Error("used twice within its time")
	}
	if !o.Use("b", now, keep) || !o.Use("a", now.Add(keep+1), keep) {
		t.Error("refused what may pass")
	}
	if o.Use("c", now.Add(3*keep), keep); len(o.until) != 1 {
		t.Errorf("%d ids are still remembered", len(o.until))
	}
}

// Ensure that no proof, however broken, makes a panic.
func FuzzVerifyProof(f *testing.F) {
	f.Add("a.b.c")
	f.Add("")
	f.Add(b64([]byte(`{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"","y":""}}`)) + ".e30.AA")
	f.Add(b64([]byte(`{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":1,"crv":null,"x":[],"y":{}}}`)) + ".e30.AA")
	f.Fuzz(func(t *testing.T, raw string) {
		if p, err := verify(raw); err == nil {
			t.Errorf("passed: %+v", p)
		}
	})
}
