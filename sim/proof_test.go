package sim

import (
	"crypto/ecdsa"
	"encoding/base64"

	"github.com/golang-jwt/jwt/v5"

	"kith/internal/token"
	"kith/sim/device"
)

// publicHalf of a device's key, as it travels.
func publicHalf(key *ecdsa.PrivateKey) token.Key {
	raw, err := key.PublicKey.Bytes()
	if err != nil {
		panic(err) // a key that was just made
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return token.Key{Kty: "EC", Crv: "P-256", X: b64(raw[1:33]), Y: b64(raw[33:])}
}

// proof is what a phone sends along with its token, if it was told to.
func (w *world) proof(p *phone, tab *device.Device, path string) string {
	key := w.town.keys[p.token]
	if key == nil || !tab.Proves {
		return ""
	}
	t := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"htm": "POST", "htu": "http://127.0.0.1:8090" + path, "iat": tab.ServerNow().Unix(), "jti": w.fresh(), "ath": token.Access(p.token),
	})
	t.Header["typ"], t.Header["jwk"] = token.TypProof, publicHalf(key)
	signed, err := t.SignedString(key)
	if err != nil {
		w.fail("%v", err)
	}
	return signed
}
