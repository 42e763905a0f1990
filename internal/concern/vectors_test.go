package concern

import (
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/internal/seal"
)

var update = flag.Bool("update", false, "write testdata/concern anew")

const vectors = "../../testdata/concern"

// envelopeVector is one envelope with what opens it and what comes out.
type envelopeVector struct {
	Intake   halvesOf `json:"intake"`
	Recovery halvesOf `json:"recovery"`
	Facts    struct {
		Kind    string `json:"kind"`
		ID      string `json:"id"`
		Urgency string `json:"urgency"`
		Area    string `json:"area"`
		Hour    string `json:"hour"`
	} `json:"facts"`
	Bound    string `json:"bound"` // the associated data
	Envelope string `json:"envelope"`
	Plain    string `json:"plain"`
}

// halvesOf a key, base64url, and its name.
type halvesOf struct {
	Private string `json:"private"`
	Public  string `json:"public"`
	Name    string `json:"name"`
}

type letterVector struct {
	Private string `json:"private"`
	Public  string `json:"public"`
	Blob    string `json:"blob"`
	Plain   string `json:"plain"`
}

// bundleVector is one bundle and what it says; without a name of a key it is none.
type bundleVector struct {
	What     string `json:"what"`
	Bundle   string `json:"bundle"`
	Signer   string `json:"signer"` // the thumbprint of its key
	Issuer   string `json:"issuer"`
	Seq      int    `json:"seq"`
	Intake   string `json:"intake"`
	Recovery string `json:"recovery"`
}

// consentVector is one combination and what is said of it: "", or a code.
type consentVector struct {
	Asked    string    `json:"asked"`
	Override *Override `json:"override,omitempty"`
	Person   *Person   `json:"person,omitempty"`
	Code     string    `json:"code"`
	Lead     bool      `json:"lead"`
}

func readVectors[T any](t *testing.T, name string) (list []T) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(vectors, name))
	must(t, err)
	must(t, json.Unmarshal(raw, &list))
	if len(list) < 3 {
		t.Fatalf("%s: %d vectors", name, len(list))
	}
	return list
}

func writeVectors(t *testing.T, name string, list any) {
	t.Helper()
	raw, err := json.MarshalIndent(list, "", "  ")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(vectors, name), append(raw, '\n'), 0o600))
}

func halves(t *testing.T, p *private) halvesOf {
	t.Helper()
	raw, err := p.key.Bytes()
	must(t, err)
	return halvesOf{b64(raw), b64(p.public), p.name}
}

// Ensure that both sides speak the same: each opens what the other has sealed.
// The app's tests read envelope.json; envelope-js.json is theirs, where there is one.
func TestVectors_Envelopes(t *testing.T) {
	if *update {
		writeEnvelopes(t)
	}
	files := []string{"envelope.json"}
	if _, err := os.Stat(filepath.Join(vectors, "envelope-js.json")); err == nil {
		files = append(files, "envelope-js.json")
	}
	for _, file := range files {
		for i, v := range readVectors[envelopeVector](t, file) {
			envelope, err := unb64(v.Envelope)
			must(t, err)
			f := Facts{v.Facts.Kind, v.Facts.ID, v.Facts.Urgency, v.Facts.Area, v.Facts.Hour}
			if !f.Valid() || string(f.bound(v.Intake.Name)) != v.Bound {
				t.Errorf("%s, %d: %+v", file, i, f)
			}
			for _, by := range []halvesOf{v.Intake, v.Recovery} {
				key, err := privateText(by.Private)
				must(t, err)
				plain, err := key.open(f, envelope)
				if err != nil || string(plain) != v.Plain || key.name != by.Name || b64(key.public) != by.Public {
					t.Errorf("%s, %d: %.20q, %v", file, i, plain, err)
				}
			}
		}
	}
}

func writeEnvelopes(t *testing.T) {
	t.Helper()
	k, r := newKeys(t)
	var list []envelopeVector
	for _, c := range []struct {
		f     Facts
		plain []byte
	}{
		{facts, jsonOf(t, good(Agreed))},
		{Facts{KindConcern, "abcdefghij12346", Urgent, "", "2026-11-25T16"}, jsonOf(t, good(CantSafely))},
		{Facts{KindNote, "abcdefghij12347", "", "abcdefghij12345", "2026-11-26T09"}, []byte(`{"v":1,"words":"Rang her, and Zoë’s sister. ☕"}`)},
		{Facts{KindSurgery, "abcdefghij12348", "", "", "2026-11-26T09"}, []byte(`{"v":1,"about":{"name":"Joan Ames","reach":""},"words":"` + strings.Repeat("Zoë’s lunch ", 150) + `","from":{"name":"","reach":""}}`)},
	} {
		envelope, err := k.Seal(c.f, c.plain)
		must(t, err)
		v := envelopeVector{Intake: halves(t, k.newest().private), Recovery: halves(t, r.key), Bound: string(c.f.bound(k.newest().name)), Envelope: b64(envelope), Plain: string(Pad(c.plain, Step))}
		v.Facts.Kind, v.Facts.ID, v.Facts.Urgency, v.Facts.Area, v.Facts.Hour = c.f.Kind, c.f.ID, c.f.Urgency, c.f.Area, c.f.Hour
		list = append(list, v)
	}
	writeVectors(t, "envelope.json", list)
}

// Ensure that letters open for their use of the transport key, and for no other.
func TestVectors_Letters(t *testing.T) {
	if *update {
		writeLetters(t)
	}
	for i, v := range readVectors[letterVector](t, "letter.json") {
		private, err := unb64(v.Private)
		must(t, err)
		key, err := seal.KeyOfBytes(private)
		must(t, err)
		blob, err := unb64(v.Blob)
		must(t, err)
		plain, err := key.OpenFor(InfoLetter, blob)
		if err != nil || string(plain) != v.Plain || b64(key.Public()) != v.Public {
			t.Errorf("%d: %.20q, %v", i, plain, err)
		}
		if _, _, err := ReadLetter(plain); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		if _, err := key.Open(blob); !errors.Is(err, seal.ErrBroken) {
			t.Errorf("%d opens as a sealed outbox: %v", i, err)
		}
	}
}

func writeLetters(t *testing.T) {
	t.Helper()
	k, _ := newKeys(t)
	secret := "c2VjcmV0LW9mLWEtcmVjZWk"[:22]
	says := []Says{
		{KindConcern, facts.ID, facts.Urgency, facts.Area, facts.Hour, ReceiptOf(secret), b64(sealed(t, k, string(jsonOf(t, good(Agreed)))))},
		{KindConcern, facts.ID, facts.Urgency, facts.Area, facts.Hour, ReceiptOf(secret), b64(sealed(t, k, strings.Repeat("x", MaxPlain)))},
		{Kind: KindWithdraw, ID: facts.ID, Receipt: secret},
	}
	var list []letterVector
	for _, s := range says {
		private := make([]byte, 32)
		copy(private[1:], "a key of a test, of no community")
		key, err := seal.KeyOfBytes(private)
		must(t, err)
		plain := Pad(jsonOf(t, Letter{"eyJ0b2tlbiI", "eyJwcm9vZiI", s}), LetterStep)
		blob, err := seal.SealFor(InfoLetter, key.Public(), plain)
		must(t, err)
		list = append(list, letterVector{b64(private), b64(key.Public()), b64(blob), string(plain)})
	}
	writeVectors(t, "letter.json", list)
}

// Ensure that a bundle is read alike on both sides.
func TestVectors_Bundles(t *testing.T) {
	if *update {
		writeBundles(t)
	}
	for _, v := range readVectors[bundleVector](t, "bundle.json") {
		b, err := ReadBundle(v.Bundle)
		if v.Intake == "" {
			if !errors.Is(err, ErrBundle) {
				t.Errorf("%s: %v", v.What, err)
			}
			continue
		}
		if err != nil || b.Seq != v.Seq || b.Signer != v.Signer || b.Issuer != v.Issuer || nameOf(b.Intake) != v.Intake || nameOf(b.Recovery) != v.Recovery {
			t.Errorf("%s: %+v, %v", v.What, b, err)
		}
	}
}

func writeBundles(t *testing.T) {
	t.Helper()
	k, _ := newKeys(t)
	var list []bundleVector
	add := func(what, raw string) {
		v := bundleVector{What: what, Bundle: raw}
		if b, err := ReadBundle(raw); err == nil {
			v.Signer, v.Issuer, v.Seq, v.Intake, v.Recovery = b.Signer, b.Issuer, b.Seq, nameOf(b.Intake), nameOf(b.Recovery)
		}
		list = append(list, v)
	}
	one, err := k.Bundle("communityabcdef", day)
	must(t, err)
	must(t, k.Rotate(day))
	two, err := k.Bundle("communityabcdef", day)
	must(t, err)
	other, _ := newKeys(t)
	third, err := other.Bundle("communityabcdef", day)
	must(t, err)
	a, b := strings.Split(one, "."), strings.Split(two, ".")
	add("the first that a phone sees", one)
	add("after a rotation, by the same signer", two)
	add("by another signer: to be refused by who has seen the first", third)
	add("the words of the second under the signature of the first", a[0]+"."+b[1]+"."+a[2])
	add("without a signature", a[0]+"."+a[1]+".")
	add("nothing", "")
	writeVectors(t, "bundle.json", list)
}

// codes as the letterbox says them.
var codes = map[error]string{nil: "", ErrMissing: "consent_missing", ErrConsent: "consent_invalid"}

// Ensure that a phone can hold its form to the very rules that are held here.
func TestVectors_Consent(t *testing.T) {
	if *update {
		var list []consentVector
		for _, asked := range answers {
			for _, o := range slices.Sorted(maps.Keys(overrides)) {
				for _, p := range slices.Sorted(maps.Keys(people)) {
					want := wants(asked, o, p)
					list = append(list, consentVector{asked, overrides[o], people[p], codes[want], want == nil && overrides[o] != nil})
				}
			}
		}
		writeVectors(t, "consent.json", list)
	}
	for i, v := range readVectors[consentVector](t, "consent.json") {
		c := good(v.Asked)
		c.Person, c.Override = v.Person, v.Override
		if verdict, err := c.Check(); codes[err] != v.Code || verdict.Lead != v.Lead {
			t.Errorf("%d: %v, %+v, not %+v", i, err, verdict, v)
		}
	}
}
