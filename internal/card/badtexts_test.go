package card

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kith/internal/limits"
	"kith/internal/token"
)

// text is a token that is never packed, and what is made of it (testdata/card/texts.json).
type text struct {
	What string `json:"what"`
	Kind string `json:"kind"` // record, till or list
	Raw  string `json:"raw"`
	At   int64  `json:"at"`
	Code string `json:"code"`
}

// textsFile is testdata/card/texts.json.
type textsFile struct {
	Issuer  string          `json:"issuer"`
	Keys    json.RawMessage `json:"keys"`
	Till    token.Key       `json:"till"` // by which records are signed
	Vectors []text          `json:"vectors"`
}

// kind is how one kind of text is made and read.
type kind struct {
	name, forged string
	key          *ecdsa.PrivateKey
	head, claims string
	most         int
	read         func(raw string, at time.Time) error
}

func (w *town) kinds() []kind {
	w.t.Helper()
	till := Till{ID: tillID, Shop: shopID, Issued: now, Expires: now.Add(30 * day), JTI: jti, Key: jwkOf(w.t, w.till)}
	list, err := revokedList().sorted()
	must(w.t, err)
	return []kind{
		{"record", "record_forged", w.till, `{"alg":"ES256","typ":"stamp+jwt"}`, w.record(nil).claims(), 2 << 10, func(raw string, _ time.Time) error {
			_, err := ReadRecord(raw, jwkOf(w.t, w.till))
			return err
		}},
		{"till", "till_forged", keyFrom(w.t, TypTill), `{"alg":"ES256","kid":"3","typ":"dev+jwt"}`, till.claims(issuer), 1 << 10, func(raw string, at time.Time) error {
			_, err := ReadTill(w.set, raw, at)
			return err
		}},
		{"list", "list_forged", keyFrom(w.t, TypRevocations), `{"alg":"ES256","kid":"4","typ":"rev+jwt"}`, list.claims(issuer), 256 << 10, func(raw string, at time.Time) error {
			_, err := ReadRevocations(w.set, raw, at)
			return err
		}},
	}
}

func revokedList() Revocations {
	return Revocations{Seq: 3, Issued: now, Expires: now.Add(7 * day), Cards: []string{"0102030405060708", "ffffffffffffffff"}, Tills: []string{tillID}, Vouchers: []string{"0908070605040302"}, Keys: []int{5, 9}}
}

func codeOf(err error) string {
	if err == nil {
		return OK
	}
	if e, ok := err.(interface{ Code() string }); ok {
		return e.Code()
	}
	return err.Error()
}

// jws is a token of any words, signed in any way.
func jws(head, claims string, sign func(signed string) []byte) string {
	signed := b64([]byte(head)) + "." + b64([]byte(claims))
	return signed + "." + b64(sign(signed))
}

func by(t testing.TB, key *ecdsa.PrivateKey) func(string) []byte {
	return func(signed string) []byte {
		t.Helper()
		sig, err := token.SignRaw(key, signed)
		must(t, err)
		return sig
	}
}

// texts makes the table. All but the ones of other curves and of HMAC are signed by the
// right key: what is wrong is said in good faith.
func (w *town) texts() (list []text) {
	for _, k := range w.kinds() {
		add := func(code, what, raw string) {
			list = append(list, text{What: what, Kind: k.name, Raw: raw, At: now.Unix(), Code: code})
		}
		sign := by(w.t, k.key)
		good := jws(k.head, k.claims, sign)
		cut := strings.LastIndexByte(good, '.')
		sig, err := unb64(good[cut+1:])
		must(w.t, err)
		add(OK, "as it is to be", good)
		add(OK, "its other form", good[:cut+1]+b64(mirrored(sig)))
		for what, raw := range w.badShapes(k, good, sig) {
			add(k.forged, what, raw)
		}
		for what, head := range badHeads(k) {
			add(k.forged, "header: "+what, jws(head, k.claims, sign))
		}
		for what, claims := range badClaims(k) {
			if claims == "" {
				continue
			}
			add(k.forged, "claims: "+what, jws(k.head, claims, sign))
		}
		for what, how := range badSigners(w.t, k) {
			add(k.forged, "signed by: "+what, jws(how.head, k.claims, how.sign))
		}
	}
	list = append(list, w.times()...)
	slices.SortStableFunc(list, func(a, b text) int { return strings.Compare(a.Kind+a.Code+a.What, b.Kind+b.Code+b.What) })
	return list
}

// badShapes are texts that are no JWS, or another one of the same bytes.
func (w *town) badShapes(k kind, good string, sig []byte) map[string]string {
	parts := strings.Split(good, ".")
	last := strings.LastIndexByte(good, '.')
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	loose := good[:len(good)-1] + string(letters[strings.IndexByte(letters, good[len(good)-1])^1])
	zero := make([]byte, 32)
	with := func(sig []byte) string { return good[:last+1] + b64(sig) }
	return map[string]string{
		"nothing": "", "dots": "..", "two parts": parts[0] + "." + parts[1], "four parts": good + ".x", "no signature": good[:last+1],
		"a newline inside the signature": good[:last+9] + "\n" + good[last+9:], "a newline after it": good + "\n", "a return inside the claims": parts[0] + "." + parts[1][:8] + "\r" + parts[1][8:] + "." + parts[2],
		"a space before": " " + good, "padding": good + "==", "loose last bits": loose, "base64 of the other kind": parts[0] + "." + parts[1] + "." + "+/" + parts[2][2:],
		"DER": with(derText(sig[:32], sig[32:])), "a byte less": with(sig[:63]), "a byte more": with(append(slices.Clone(sig), 0)),
		"r and s zero": with(make([]byte, 64)), "r zero": with(slices.Concat(zero, sig[32:])), "s zero": with(slices.Concat(sig[:32], zero)),
		"r the order": with(slices.Concat(orderBytes(0), sig[32:])), "s the order": with(slices.Concat(sig[:32], orderBytes(0))), "r and s changed about": with(slices.Concat(sig[32:], sig[:32])),
	}
}

func badHeads(k kind) map[string]string {
	in := func(before string) string { return strings.Replace(k.head, `"alg"`, before+`,"alg"`, 1) }
	heads := map[string]string{
		"typ JWT":         strings.Replace(k.head, k.head[strings.Index(k.head, `"typ":`)+7:len(k.head)-2], "JWT", 1),
		"typ in capitals": k.head[:len(k.head)-9] + strings.ToUpper(k.head[len(k.head)-9:]), "no typ": strings.Split(k.head, `,"typ"`)[0] + "}",
		"typ of a proof": strings.Replace(k.head, k.head[strings.Index(k.head, `"typ":`)+7:len(k.head)-2], "kb+jwt", 1), "crit": in(`"crit":["exp"]`), "jwk": in(`"jwk":{}`), "jku": in(`"jku":"https://evil.example"`),
		"alg none": strings.Replace(k.head, "ES256", "none", 1), "alg in small letters": strings.Replace(k.head, "ES256", "es256", 1), "no alg": strings.Replace(k.head, `"alg":"ES256",`, "", 1),
		"alg twice": in(`"alg":"ES256"`), "a space": " " + k.head, "a list": "[]", "null": "null", "x5c": in(`"x5c":[]`),
	}
	if strings.Contains(k.head, `"kid"`) {
		heads["no kid"] = `{"alg":"ES256",` + k.head[strings.Index(k.head, `"typ"`):]
		for what, kid := range map[string]string{"kid of cards": `"1"`, "kid a number": "3", "kid empty": `""`, "kid unknown": `"99"`, "kid with a nought": `"03"`, "kid with a sign": `"+3"`, "kid too large": `"259"`, "kid a path": `"../3"`, "kid a list": `["3"]`} {
			heads[what] = `{"alg":"ES256","kid":` + kid + "," + k.head[strings.Index(k.head, `"typ"`):]
		}
	} else {
		heads["a kid"] = strings.Replace(k.head, `"typ"`, `"kid":"3","typ"`, 1)
		heads["an empty kid"] = strings.Replace(k.head, `"typ"`, `"kid":"","typ"`, 1)
	}
	return heads
}

// badClaims are claims that say what a good one says in other words, or what none says.
func badClaims(k kind) map[string]string {
	c := k.claims
	sub := func(from, to string) string {
		if !strings.Contains(c, from) {
			return "" // this kind has no such claim
		}
		return strings.Replace(c, from, to, 1)
	}
	bad := map[string]string{
		"a space": "{ " + c[1:], "a newline at the end": c + "\n", "iat twice": c[:len(c)-1] + `,"iat":1}`, "IAT": c[:len(c)-1] + `,"IAT":1}`, "iss folded": sub(`"iss"`, `"ISS"`),
		"one that nobody knows": c[:len(c)-1] + `,"x":1}`, "iat with a fraction": sub(`"iat":1795689000`, `"iat":1795689000.0`), "iat with an exponent": sub(`"iat":1795689000`, `"iat":1795689e3`),
		"iat as text": sub(`"iat":1795689000`, `"iat":"1795689000"`), "iat below nothing": sub(`"iat":1795689000`, `"iat":-1`), "no iat": sub(`"iat":1795689000,`, ""), "iat null": sub(`"iat":1795689000`, `"iat":null`),
		"an escaped letter": sub(`"iss":"`, `"\u0069ss":"`), "none": "{}", "a list": "[]", "null": "null", "no JSON": "{", "a mark before": "\ufeff" + c, "two of them": c + c,
		"another issuer": sub(`"iss":"`, `"iss":"x`), "no issuer": sub(`"iss":"`, `"iss":"","was":"`),
	}
	switch k.name {
	case "record":
		hash := strings.Repeat("a", 43)
		for what, claims := range map[string]string{
			"seq 0": sub(`"seq":1`, `"seq":0`), "seq below nothing": sub(`"seq":1`, `"seq":-1`), "a first one with one before": sub(`"prv":""`, `"prv":"`+hash+`"`), "a second one with none before": sub(`"seq":1`, `"seq":2`),
			"prv too short": sub(`"seq":1,"prv":""`, `"seq":2,"prv":"aa"`), "an act that there isn't": sub(`"act":"stamp"`, `"act":"gift"`), "act in capitals": sub(`"act":"stamp"`, `"act":"STAMP"`), "an empty card": sub(`"card":"AQE`, `"card":"","x":"`),
			"a card cut short": sub(`"card":"AQE`, `"card":"`), "a card and a code": sub(`"offset"`, `"code":"7Q2KM4XD","offset"`), "a stamp that undoes": sub(`"offset"`, `"of":"`+hash+`","offset"`), "jti too short": sub(`"jti":"09`, `"jti":"`),
			"jti in capitals": sub(`"jti":"0908070605040302"`, `"jti":"09080706050403AB"`), "no offset": sub(`,"offset":-1200`, ""), "an offset with a fraction": sub("-1200", "-1200.5"), "offset -0": sub("-1200", "-0"), "an offset of ages": sub("-1200", "99999999999999"),
			"a shop of other letters": sub(`"shop":"s`, `"shop":"S`), "a till of other letters": sub(`"iss":"t`, `"iss":"T`), "a redemption without its voucher": sub(`"act":"stamp"`, `"act":"redeem"`), "an undoing of nothing": sub(`"act":"stamp"`, `"act":"undo"`), "a time after all": sub("1795689000", "99999999999"),
		} {
			bad[what] = claims
		}
		bad["a code in small letters"] = c[:strings.Index(c, `"card"`)] + `"code":"7q2km4xd","offset":0}`
		bad["a code with an I"] = c[:strings.Index(c, `"card"`)] + `"code":"7Q2KM4XI","offset":0}`
	case "till":
		for what, claims := range map[string]string{
			"aud card": sub(`"aud":"till"`, `"aud":"card"`), "no aud": sub(`"aud":"till",`, ""), "aud a list": sub(`"aud":"till"`, `"aud":["till"]`), "over before it begins": sub(`"exp":1798281000`, `"exp":1795689000`), "no key": c[:strings.Index(c, `,"cnf"`)] + "}",
			"a key off the curve": sub(`"x":"`, `"x":"AAAA`), "a private key": sub(`"kty"`, `"d":"AA","kty"`), "another curve": sub("P-256", "P-384"), "no shop": sub(`"shop":"shop00000000001",`, ""),
		} {
			bad[what] = claims
		}
	case "list":
		for what, claims := range map[string]string{
			"seq 0": sub(`"seq":3`, `"seq":0`), "unsorted": sub(`["0102030405060708","ffffffffffffffff"]`, `["ffffffffffffffff","0102030405060708"]`), "one twice": sub(`["0102030405060708",`, `["0102030405060708","0102030405060708",`), "cards null": sub(`["0102030405060708","ffffffffffffffff"]`, "null"),
			"an id in capitals": sub("ffffffffffffffff", "FFFFFFFFFFFFFFFF"), "key 0": sub("[5,9]", "[0,9]"), "key 256": sub("[5,9]", "[5,256]"), "over before it begins": sub(`"exp":1796293800`, `"exp":1795689000`), "a till of other letters": sub(`"till0`, `"TILL0`), "no keys": sub(`,"keys":[5,9]`, ""),
		} {
			bad[what] = claims
		}
	}
	return bad
}

type how struct {
	head string
	sign func(string) []byte
}

// badSigners are other keys and other algorithms, with and without a header that says so.
func badSigners(t testing.TB, k kind) map[string]how {
	t.Helper()
	public, err := k.key.PublicKey.Bytes()
	must(t, err)
	alg := func(name string) string { return strings.Replace(k.head, "ES256", name, 1) }
	mac := func(secret []byte) func(string) []byte {
		return func(signed string) []byte {
			h := hmac.New(sha256.New, secret)
			h.Write([]byte(signed))
			return h.Sum(nil)
		}
	}
	es384 := func(signed string) []byte { // its length alone: a real one is different each time
		sum := sha256.Sum256([]byte(signed))
		return slices.Concat(sum[:], sum[:], sum[:])
	}
	return map[string]how{
		"a thief": {k.head, by(t, keyFrom(t, "thief"))}, "the key of cards": {k.head, by(t, keyFrom(t, TypCard))},
		"nobody": {alg("none"), func(string) []byte { return nil }}, "nobody, in capitals": {alg("None"), func(string) []byte { return nil }}, "nobody, as ES256": {k.head, func(string) []byte { return nil }},
		"HS256 with the public key": {alg("HS256"), mac(public)}, "HS256 with half of it": {alg("HS256"), mac(public[1:33])}, "HS256 with its text": {alg("HS256"), mac([]byte(b64(public[1:33])))}, "HS256 with nothing": {alg("HS256"), mac(nil)},
		"HS256 as ES256": {k.head, mac(public)}, "ES384": {alg("ES384"), es384}, "RS256": {alg("RS256"), es384}, "EdDSA": {alg("EdDSA"), func(s string) []byte { return es384(s)[:64] }}, "a hash": {k.head, func(s string) []byte { return es384(s)[:64] }},
	}
}

// times are good texts that are read when they are no more, or not yet.
func (w *town) times() (list []text) {
	kinds := w.kinds()
	till, revs := kinds[1], kinds[2]
	for _, c := range []struct {
		k    kind
		code string
		what string
		at   time.Time
	}{
		{till, "till_ended", "read after its end", now.Add(30*day + limits.CardSkew + time.Second)}, {till, OK, "read in its last second", now.Add(30*day + limits.CardSkew)},
		{till, "till_early", "read before its time", now.Add(-limits.CardSkew - time.Second)}, {revs, "list_expired", "read after its end", now.Add(7*day + limits.CardSkew + time.Second)}, {revs, OK, "read in its last second", now.Add(7*day + limits.CardSkew)},
	} {
		list = append(list, text{c.what, c.k.name, jws(c.k.head, c.k.claims, by(w.t, c.k.key)), c.at.Unix(), c.code})
	}
	return list
}

// Ensure that every text which isn't the one that would be made of what it says is
// refused, though its signature be good, with its exact code.
func TestTexts_AreRefusedIfAnythingIsWrong(t *testing.T) {
	w := newTown(t)
	list := w.texts()
	file := textsFile{Issuer: issuer, Keys: json.RawMessage(w.set.Text()), Till: jwkOf(t, w.till), Vectors: list}
	if *update {
		write(t, "texts.json", file)
	}
	var read textsFile
	load(t, "texts.json", &read)
	if !slices.Equal(read.Vectors, list) {
		t.Error("texts.json is not what is made here: go test ./internal/card -update")
	}
	kinds, counts := w.kinds(), map[string]int{}
	for _, v := range read.Vectors {
		k := kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.name == v.Kind })]
		if got := codeOf(k.read(v.Raw, time.Unix(v.At, 0))); got != v.Code {
			t.Errorf("%s, %s: %s, not %s", v.Kind, v.What, got, v.Code)
		}
		counts[v.Kind+" "+v.Code]++
	}
	for _, forged := range []string{"record record_forged", "till till_forged", "list list_forged"} {
		if counts[forged] < 40 {
			t.Errorf("%d of %s", counts[forged], forged)
		}
	}
	t.Logf("%d texts: %v", len(list), counts)
}

// Ensure that what is longer than such a thing ever is isn't looked at, though it be
// signed, and that a list of what was revoked has room.
func TestTexts_AreCapped(t *testing.T) {
	w := newTown(t)
	for _, k := range w.kinds() {
		long := jws(k.head, k.claims[:len(k.claims)-1]+`,"x":"`+strings.Repeat("x", k.most)+`"}`, by(t, k.key))
		if got := codeOf(k.read(long, now)); got != k.forged {
			t.Errorf("%s: %s", k.name, got)
		}
	}
	list := revokedList()
	for i := range 20_000 {
		list.Cards = append(list.Cards, ID{0: byte(i >> 8), 1: byte(i)}.String())
	}
	raw, err := w.ring.Revocations(list)
	must(t, err)
	if _, err := ReadRevocations(w.set, raw, now); err != ErrListForged {
		t.Errorf("%d bytes: %v", len(raw), err)
	}
	list.Cards = list.Cards[:8000]
	raw, err = w.ring.Revocations(list)
	must(t, err)
	if got, err := ReadRevocations(w.set, raw, now); err != nil || len(got.Cards) != 8000 {
		t.Errorf("%d bytes: %v", len(raw), err)
	}
}

// Ensure that a real signature of another curve passes no reader.
func TestTexts_OfAnotherCurveAreRefused(t *testing.T) {
	w := newTown(t)
	for _, c := range []struct {
		curve  elliptic.Curve
		method *jwt.SigningMethodECDSA
	}{{elliptic.P384(), jwt.SigningMethodES384}, {elliptic.P521(), jwt.SigningMethodES512}} {
		key, err := ecdsa.GenerateKey(c.curve, rand.Reader)
		must(t, err)
		for _, k := range w.kinds() {
			raw := jws(strings.Replace(k.head, "ES256", c.method.Alg(), 1), k.claims, func(signed string) []byte {
				sig, err := c.method.Sign(signed, key)
				must(t, err)
				return sig
			})
			if got := codeOf(k.read(raw, now)); got != k.forged {
				t.Errorf("%s by %s: %s", k.name, c.method.Alg(), got)
			}
		}
	}
	if _, err := token.SignRaw(must384(t), "x"); err == nil {
		t.Error("another curve signs")
	}
}

func must384(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	return key
}

// Ensure that one character more or less, or another one, anywhere in a record is
// refused, or is the same record in the other form of its signature.
func TestReadRecord_RefusesEveryOtherText(t *testing.T) {
	w := newTown(t)
	raw, err := SignRecord(w.till, w.record(nil))
	must(t, err)
	key := jwkOf(t, w.till)
	for i := range raw {
		for _, bad := range []string{raw[:i] + raw[i+1:], raw[:i] + "A" + raw[i:], raw[:i] + string(rune(raw[i]^1)) + raw[i+1:]} {
			if bad == raw {
				continue
			}
			if _, err := ReadRecord(bad, key); err == nil {
				t.Errorf("at %d: %.40q", i, bad[max(i-10, 0):])
			}
		}
	}
}
