// Package token reads signed tokens. It has the one parser of the project: the
// traps of JWS (no method list, algorithm swapped for the key's, ignored typ and
// crit, endless tokens) are shut here, and a test finds any other parser.
//
// A proof (RFC 9449) shows that a device holds its key: ES256, with the public
// key in the header, bound to one request by method and address, used once.
package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kith/internal/limits"
	"kith/internal/strict"
)

// Errors of Verify. ErrClock means that all else was right, so that telling the
// device the time is safe.
var (
	ErrInvalid = errors.New("token: invalid")
	ErrClock   = errors.New("token: clock")
)

// TypProof is the typ header of a request proof.
const TypProof = "dpop+jwt"

// Key is a device's public key, as it travels (RFC 7517, P-256).
type Key struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

// Proof is a verified proof.
type Proof struct {
	Key Key
	ID  string // jti: to be refused the second time
	// Access is the ath: the token that this proof goes with, as Access writes
	// it. Empty: none.
	Access string
	// At is when it was signed, by the phone's clock.
	At time.Time
}

// Access is how a proof names the token that it goes with.
func Access(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Thumbprint names a key (RFC 7638), base64url.
func (k Key) Thumbprint() string {
	sum := sha256.Sum256([]byte(`{"crv":"` + k.Crv + `","kty":"` + k.Kty + `","x":"` + k.X + `","y":"` + k.Y + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (k Key) public() (*ecdsa.PublicKey, error) {
	x, errX := base64.RawURLEncoding.Strict().DecodeString(k.X)
	y, errY := base64.RawURLEncoding.Strict().DecodeString(k.Y)
	if k.Kty != "EC" || k.Crv != "P-256" || errX != nil || errY != nil || len(x) != 32 || len(y) != 32 {
		return nil, ErrInvalid
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
}

// parser is the one constructor: ES256 alone, strict base64, claims checked by
// the caller with its own clock.
func parser() *jwt.Parser {
	return jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
}

// VerifyProof checks a proof for one request. host and path are the request's.
// Returns ErrInvalid, or ErrClock if only its time is more than
// limits.ProofAge from now; with no now it may be of any time.
func VerifyProof(raw, method, host, path string, now time.Time) (Proof, error) {
	key, claims, err := Verify(raw, TypProof, limits.Proof)
	if err != nil {
		return Proof{}, err
	}
	id, _ := claims["jti"].(string)
	htm, _ := claims["htm"].(string)
	htu, _ := claims["htu"].(string)
	iat, ok := claims["iat"].(float64)
	at, err := url.Parse(htu)
	// NB! What is compared is there: two that are empty are the same, and say nothing.
	if err != nil || !plain(at, htu) || !ok || htm == "" || at.Host == "" || htm != method || !strings.EqualFold(at.Host, host) || at.Path != path || len(id) < 16 || len(id) > 64 {
		return Proof{}, ErrInvalid
	}
	signed := time.Unix(int64(iat), 0)
	if age := now.Sub(signed); !now.IsZero() && (age > limits.ProofAge || age < -limits.ProofAge) {
		return Proof{}, ErrClock
	}
	access, _ := claims["ath"].(string)
	return Proof{Key: key, ID: id, Access: access, At: signed}, nil
}

// plain says whether an address is one of the web with nothing but a host and a path.
func plain(at *url.URL, as string) bool {
	return (at.Scheme == "https" || at.Scheme == "http") && at.User == nil && !strings.ContainsAny(as, "?#")
}

// Verify checks a token that brings its own key: of this typ, at most max bytes
// long, signed by the key in its header. What the key is worth, and what the
// claims say, is for the caller to judge.
func Verify(raw, typ string, max int) (Key, map[string]any, error) {
	if len(raw) > max || strings.ContainsAny(raw, "\r\n ") {
		return Key{}, nil, ErrInvalid
	}
	var key Key
	claims := jwt.MapClaims{}
	_, err := parser().ParseWithClaims(raw, claims, func(t *jwt.Token) (any, error) {
		var err error
		if key, err = headerKey(t.Header, typ); err != nil {
			return nil, err
		}
		return key.public()
	})
	if err != nil {
		return Key{}, nil, ErrInvalid
	}
	return key, claims, nil
}

// Sign makes what Verify reads.
func Sign(private *ecdsa.PrivateKey, typ string, claims map[string]any) (string, error) {
	key, err := KeyOf(&private.PublicKey)
	if err != nil {
		return "", err
	}
	t := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims(claims))
	t.Header["typ"], t.Header["jwk"] = typ, key
	return t.SignedString(private)
}

// KeyOf is a public key as it travels.
func KeyOf(public *ecdsa.PublicKey) (Key, error) {
	point, err := public.Bytes()
	if err != nil {
		return Key{}, err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return Key{Kty: "EC", Crv: "P-256", X: b64(point[1:33]), Y: b64(point[33:])}, nil
}

// headerKey reads the jwk of a token's header, which must have exactly the
// members of a public P-256 key, beside typ and alg.
func headerKey(header map[string]any, typ string) (Key, error) {
	if header["typ"] != typ || len(header) != 3 {
		return Key{}, ErrInvalid
	}
	members, _ := header["jwk"].(map[string]any)
	if len(members) != 4 {
		return Key{}, ErrInvalid
	}
	member := func(name string) string {
		s, _ := members[name].(string)
		return s
	}
	return Key{Kty: member("kty"), Crv: member("crv"), X: member("x"), Y: member("y")}, nil
}

// ReadKey reads a public key that somebody sent: a point of the curve, and nothing beside
// it. One with its private half is refused, so that nobody takes it for kept.
func ReadKey(raw []byte) (Key, error) {
	var members map[string]string
	if strict.Read(raw, &members) != nil || len(members) != 4 {
		return Key{}, ErrInvalid
	}
	// NB! Four that are the four: one that is missing is empty, and no key.
	key := Key{Kty: members["kty"], Crv: members["crv"], X: members["x"], Y: members["y"]}
	_, err := key.public()
	return key, err
}
