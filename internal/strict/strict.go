// Package strict reads JSON that says one thing to every reader. Go's own takes
// "firstname" for "firstName", the last of two keys, and puts U+FFFD where a text
// isn't one: what another reader sees would not be what was judged here.
package strict

import (
	"errors"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrText is an error of all, beside those of the library.
var ErrText = errors.New("strict: not UTF-8")

// Read puts JSON that is UTF-8, and has no key twice, into what into points at. A key
// that into doesn't know in the very same letters is ignored.
//
// NB! Half of a character as an escape ("\ud800") is U+FFFD: that is a phone's slip, and
// whoever wrote the words can mend nothing about it.
func Read(raw []byte, into any) error { return read(raw, into, halves) }

// Exactly is Read, where a key that into doesn't know is an error.
func Exactly(raw []byte, into any) error { return read(raw, into, exactly) }

// Envelope is Read of what carries JSON that others read: a key that is there twice is
// theirs to refuse, so that one command alone fails by it.
func Envelope(raw []byte, into any) error { return read(raw, into, envelope) }

func read(raw []byte, into any, options json.Options) error {
	if !utf8.Valid(raw) {
		return ErrText
	}
	return json.Unmarshal(raw, into, options)
}

var (
	halves   = jsontext.AllowInvalidUTF8(true)
	exactly  = json.JoinOptions(halves, json.RejectUnknownMembers(true))
	envelope = json.JoinOptions(halves, jsontext.AllowDuplicateNames(true))
)
