// Package strict reads JSON that says one thing to every reader. Go's own takes
// "firstname" for "firstName", the last of two keys, and puts U+FFFD where a text
// isn't one: what another reader sees would not be what was judged here.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// Errors of Read, beside those of encoding/json.
var (
	ErrText = errors.New("strict: not UTF-8")
	ErrKey  = errors.New("strict: a key twice, or in other letters")
)

// Read is json.Unmarshal for what is UTF-8, has no key twice, and has the keys that
// into knows in the very same letters. Other keys are ignored, as ever.
//
// NB! What into keeps as it came (json.RawMessage) is its reader's to look into. Half
// of a character as an escape ("\ud800") is U+FFFD: that is a phone's slip, and whoever
// wrote the words can mend nothing about it.
func Read(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return ErrText
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return err
	}
	return once(json.NewDecoder(bytes.NewReader(raw)), reflect.TypeOf(into))
}

// once walks one value that json.Unmarshal took for a t.
func once(d *json.Decoder, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !holdsKeys(t) {
		return d.Decode(new(json.RawMessage))
	}
	start, err := d.Token()
	if err != nil || start != json.Delim('{') && start != json.Delim('[') { // null, say
		return err
	}
	var fields map[string]reflect.Type
	if t.Kind() == reflect.Struct {
		fields = fieldsOf(t)
	}
	seen := map[string]bool{}
	for d.More() {
		of := t
		if start == json.Delim('{') {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name, _ := key.(string)
			if of = fields[name]; seen[name] || of == nil && folded(fields, name) {
				return ErrKey
			}
			seen[name] = true
		}
		if t.Kind() != reflect.Struct {
			of = t.Elem()
		} else if of == nil { // a key that nobody knows
			of = rawType
		}
		if err := once(d, of); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

var (
	rawType = reflect.TypeFor[json.RawMessage]()
	reader  = reflect.TypeFor[json.Unmarshaler]()
)

// holdsKeys says whether there can be keys in a t that its reader doesn't look at itself.
func holdsKeys(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
		return !reflect.PointerTo(t).Implements(reader)
	}
	return false
}

// folded says whether name is one of fields in other letters.
func folded(fields map[string]reflect.Type, name string) bool {
	for known := range fields {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

var known sync.Map // of a struct's type, its fields as JSON names them

func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if of, ok := known.Load(t); ok {
		return of.(map[string]reflect.Type)
	}
	of := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		if f.IsExported() && !f.Anonymous && name != "-" {
			of[name] = f.Type
		}
	}
	known.Store(t, of)
	return of
}
