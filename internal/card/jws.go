package card

import (
	"encoding/hex"
	"strconv"
	"time"

	"kith/internal/token"
)

// The texts that are signed, byte for byte: members in this order and no spaces. All
// that goes into them are numbers, ids and base64url, so nothing is ever escaped.

func header(typ string, kid byte) string {
	if kid == 0 {
		return b64([]byte(`{"alg":"ES256","typ":"` + typ + `"}`))
	}
	return b64([]byte(`{"alg":"ES256","kid":"` + strconv.Itoa(int(kid)) + `","typ":"` + typ + `"}`))
}

func signing(typ string, kid byte, claims string) string {
	return header(typ, kid) + "." + b64([]byte(claims))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func confirmation(k *token.Key) string {
	return `,"cnf":{"jwk":{"kty":"EC","crv":"P-256","x":"` + k.X + `","y":"` + k.Y + `"}}`
}

// signed is what the community has signed of a card.
func (c Card) signed(issuer string) string {
	claims := `{"iss":"` + issuer + `","aud":"card","sub":"` + c.Sub.String() + `","iat":` + number(c.Issued().Unix()) + `,"exp":` + number(c.Expires().Unix())
	if c.Key != nil {
		claims += confirmation(c.Key)
	}
	return signing(TypCard, c.Kid, claims+"}")
}

// signed is what the phone has signed of a proof; card is the card's whole JWS.
func (p Proof) signed(card string) string {
	return signing(TypProof, 0, `{"aud":"till","iat":`+number(p.At.Unix())+`,"nonce":"`+hex.EncodeToString(p.Nonce[:])+`","sd_hash":"`+nameOf(card)+`"}`)
}

// signed is what the community has signed of a voucher.
func (v Voucher) signed(issuer string) string {
	offline := "no"
	if v.Offline {
		offline = "yes"
	}
	return signing(TypVoucher, v.Kid, `{"iss":"`+issuer+`","aud":"till","sub":"`+v.Sub.String()+`","jti":"`+v.ID.String()+`","reward":"`+v.Reward+
		`","pence":`+strconv.Itoa(v.Pence)+`,"offline":"`+offline+`","iat":`+number(v.Issued().Unix())+`,"exp":`+number(v.Expires().Unix())+"}")
}

// whole is a JWS: what was signed, and by what.
func whole(signed string, signature []byte) string { return signed + "." + b64(signature) }

// Header is how a token begins that this key has signed for such a thing.
func Header(typ string, kid byte) string { return header(typ, kid) }

// IsBy says whether something that is kept is by one of these keys, whatever day it is:
// a packed card or voucher, or a till's token as text.
func IsBy(set Set, typ, text string, packed []byte) bool {
	switch typ {
	case TypCard:
		p, err := split(packed)
		if err != nil || p.proof != nil || p.voucher != nil {
			return false
		}
		key, known := set.key(p.card.Kid, TypCard)
		return known && key.verifies(p.card.signed(set.Issuer), p.cardSig)
	case TypVoucher:
		if len(packed) != SizeVoucher {
			return false
		}
		v, sig, err := splitVoucher(packed)
		if err != nil {
			return false
		}
		key, known := set.key(v.Kid, TypVoucher)
		return known && key.verifies(v.signed(set.Issuer), sig)
	case TypTill:
		_, err := ReadTill(set, text, time.Time{})
		return err == nil
	}
	return false
}
