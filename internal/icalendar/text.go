package icalendar

import (
	"strings"

	"github.com/emersion/go-ical"
)

var escapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\:`, ":", `\"`, `"`)

// text reads a property as text, "" if there is none. What is escaped and need
// not be, or should be and is not, is left as a person would read it.
func text(props ical.Props, name string) string {
	prop := props.Get(name)
	if prop == nil {
		return ""
	}
	clean := strings.Map(func(r rune) rune {
		if r == 0 || r == '\r' {
			return -1
		}
		return r
	}, escapes.Replace(prop.Value))
	return strings.TrimSpace(clean)
}
