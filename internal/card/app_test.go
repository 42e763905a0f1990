package card

import (
	"encoding/json"
	"testing"
	"time"

	"kith/internal/token"
)

// appFile is testdata/card/js.json, which app/src/card/vectors.test.ts makes.
type appFile struct {
	Issuer  string          `json:"issuer"`
	Keys    json.RawMessage `json:"keys"`
	Till    token.Key       `json:"till"`
	At      int64           `json:"at"`
	Packed  []struct{ What, Packed, Digits, Card, Proof, Voucher string }
	Records []struct {
		What, Raw, ID string
		Claims        struct {
			Act, Prv, Code, Of string
			Seq                int
			Offset             int64
		}
	}
	List string `json:"list"`
}

// Ensure that what the app's side signs is verified here, under the same names.
func TestVectors_OfTheAppAreVerified(t *testing.T) {
	var file appFile
	load(t, "js.json", &file)
	set, err := ReadSet(file.Issuer, string(file.Keys))
	must(t, err)
	if len(file.Packed) < 5 || len(file.Records) < 5 {
		t.Fatalf("%d and %d vectors", len(file.Packed), len(file.Records))
	}
	at := time.Unix(file.At, 0)
	for _, v := range file.Packed {
		packed, err := FromDigits(v.Digits)
		must(t, err)
		o, code := Check(set, Facts{}, packed, at)
		proof, voucher := "", ""
		if o.Proof != nil {
			proof = o.Proof.Name
		}
		if o.Voucher != nil {
			voucher = o.Voucher.Name
		}
		if code != OK || b64(packed) != v.Packed || o.Card.Name != v.Card || proof != v.Proof || voucher != v.Voucher {
			t.Errorf("%s: %s, %+v", v.What, code, o)
		}
	}
	for _, v := range file.Records {
		key := file.Till
		key.Kty, key.Crv = "EC", "P-256"
		r, err := ReadRecord(v.Raw, key)
		c := v.Claims
		if err != nil || r.ID != v.ID || r.Act != c.Act || r.Prev != c.Prv || r.Code != c.Code || r.Of != c.Of || r.Seq != c.Seq || r.Offset != c.Offset {
			t.Errorf("%s: %+v, %v", v.What, r, err)
			continue
		}
		if len(r.Card) > 0 {
			if _, code := Check(set, Facts{}, r.Packed(), r.At); code != OK {
				t.Errorf("%s: its card is %s", v.What, code)
			}
		}
	}
	if list, err := ReadRevocations(set, file.List, at); err != nil || list.Seq != 3 || list.Keys[0] != 5 {
		t.Errorf("%+v, %v", list, err)
	}
}
