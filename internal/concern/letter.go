package concern

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
)

const (
	// InfoLetter binds a letter to its use of the transport key.
	InfoLetter = "kith letter 1"
	// LetterStep is what a letter's plaintext is padded to.
	LetterStep = 8192
	// MaxLetter bounds it: an envelope, a token and a proof.
	MaxLetter = 3 * LetterStep
)

// Kinds of letter beside KindConcern.
const KindWithdraw = "withdraw"

// Letter is what a phone brings for somebody, once it is opened: who they are,
// and what they say.
type Letter struct {
	Token string `json:"token"`
	Proof string `json:"proof"`
	Says  Says   `json:"letter"`
}

// Says is the letter proper. Receipt is the hash of a secret that only the phone
// has; to withdraw, it is the secret itself.
type Says struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Urgency string `json:"urgency,omitempty"`
	Area    string `json:"area,omitempty"`
	Hour    string `json:"hour,omitempty"`
	Receipt string `json:"receipt"`
	Sealed  string `json:"sealed,omitempty"`
}

// Facts of a concern's envelope.
func (s Says) Facts() Facts { return Facts{KindConcern, s.ID, s.Urgency, s.Area, s.Hour} }

var (
	hashShape   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)
)

// Secret says whether s is the secret of a receipt.
func Secret(s string) bool { return secretShape.MatchString(s) }

// ReceiptOf is what is stored of a secret.
func ReceiptOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// ReadLetter reads a letter's plaintext, of exactly these keys and sizes. The
// envelope comes as bytes.
func ReadLetter(plain []byte) (Letter, []byte, error) {
	var l Letter
	if len(plain) == 0 || len(plain) > MaxLetter || len(plain)%LetterStep != 0 || strict(plain, &l) != nil {
		return Letter{}, nil, ErrInvalid
	}
	s := l.Says
	if s.Kind == KindWithdraw {
		if !idShape.MatchString(s.ID) || !Secret(s.Receipt) || s.Urgency+s.Area+s.Hour+s.Sealed != "" {
			return Letter{}, nil, ErrInvalid
		}
		return l, nil, nil
	}
	envelope, err := OfText(s.Sealed)
	if err != nil || s.Kind != KindConcern || !s.Facts().Valid() || !hashShape.MatchString(s.Receipt) {
		return Letter{}, nil, ErrInvalid
	}
	if _, _, err := Names(envelope); err != nil {
		return Letter{}, nil, ErrInvalid
	}
	return l, envelope, nil
}
