package concern

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// titles are left out of a name: one person says them, the next doesn't.
var titles = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "dr": true, "rev": true, "sir": true, "lady": true,
}

// plainer are letters that no decomposition takes apart, and that one person writes
// and the next, at another keyboard, doesn't.
var plainer = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "ħ", "h", "ı", "i", "æ", "ae", "œ", "oe", "þ", "th")

// Normal form of a name: what somebody would take for the same name. Case,
// accents, punctuation, titles and the order of its parts don't count.
func normalised(name string) string {
	var b strings.Builder
	// NB! Folded again: "𝐉" is a J only once it is decomposed.
	for _, r := range plainer.Replace(cases.Fold().String(norm.NFKD.String(cases.Fold().String(name)))) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '‘', r == '`', r == '.':
			// O'Neill is ONeill, J.R. is JR
		case unicode.IsLetter(r), unicode.IsNumber(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	parts := slices.DeleteFunc(strings.Fields(b.String()), func(p string) bool { return titles[p] })
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// Person is the blind index of a name, in hex: the same name gives the same one,
// and without the key nobody can try names. It is empty for no name.
func (k *Keys) Person(name string) string {
	n := normalised(name)
	if n == "" {
		return ""
	}
	return k.blind("person " + n)
}

// Noted is Person for a note to the surgery. NB! Not the same for the same name: a
// copy of the database must not tell that a concern and a note are about one person.
func (k *Keys) Noted(name string) string {
	n := normalised(name)
	if n == "" {
		return ""
	}
	return k.blind("noted " + n)
}

// Till is by what a device is counted on one day, and known by nothing else.
func (k *Keys) Till(device, day string) string { return k.blind("till " + device + " " + day) }

func (k *Keys) blind(what string) string {
	mac := hmac.New(sha256.New, k.index)
	mac.Write([]byte(what))
	return hex.EncodeToString(mac.Sum(nil))
}
