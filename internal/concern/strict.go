package concern

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"kith/internal/text"
)

var errShape = errors.New("concern: not in its shape")

// strict reads JSON of exactly these keys. Go's reader takes "Person" for
// "person" and the last of two; what another reader sees must be what was judged.
func strict(raw []byte, into any) error {
	if !utf8.Valid(raw) { // Go's reader puts something else there
		return errShape
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := once(d, 0); err != nil {
		return errShape
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errShape
	}
	d = json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil {
		return errShape
	}
	return nil
}

// once walks one value: no key twice in an object or in other than small letters
// and inner capitals, nothing null, nothing deep.
func once(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil || t == nil || depth > 4 {
		return errShape
	}
	delim, nested := t.(json.Delim)
	if !nested {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			key, err := d.Token()
			name, _ := key.(string)
			if err != nil || seen[name] || !known[name] {
				return errShape
			}
			seen[name] = true
		}
		if err := once(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// known are all keys of concerns and letters, letter by letter.
var known = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range []string{
		"v", "asked", "noticed", "since", "words", "rang", "person", "name", "reach", "best", "override", "ground", "why", "by", "member", "device", "shop", "firstName", "at",
		"token", "proof", "letter", "kind", "id", "urgency", "area", "hour", "receipt", "sealed", "about", "from", "reason",
	} {
		all[name] = true
	}
	return all
}()

// line says whether s fits on one line, of at most max characters.
func line(s string, max int) bool {
	_, err := text.Line(s, max)
	return err == nil
}

// words says whether s may be written, of at most max characters.
func words(s string, max int) bool {
	_, err := text.Block(s, max)
	return err == nil
}
