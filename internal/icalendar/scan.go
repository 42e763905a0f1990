package icalendar

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/emersion/go-ical"
)

// blocks are the parts of a file, each as lines with their folds.
type blocks struct {
	head   []string   // properties of the calendar itself
	zones  [][]string // VTIMEZONE components
	events [][]string // VEVENT components

	kind string   // of the component that is being read
	part []string // its lines so far
}

// scan cuts a file into parts, so that one that cannot be read spoils no other,
// and so that a file that is cut off is known before anything of it is used.
func scan(raw []byte) (*blocks, *Error) {
	if len(raw) > MaxBytes {
		return nil, &Error{TooLarge, "This file is too large for a calendar."}
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	text := strings.TrimSpace(strings.ToValidUTF8(string(raw), "\uFFFD"))
	if text == "" {
		return nil, &Error{Truncated, "This file is empty. A calendar without events still says that it is one."}
	}
	if first, _, _ := strings.Cut(text, "\n"); !strings.EqualFold(strings.TrimSpace(first), "BEGIN:VCALENDAR") {
		if strings.HasPrefix("BEGIN:VCALENDAR", strings.ToUpper(text)) {
			return nil, &Error{Truncated, "This calendar is cut off in its first line."}
		}
		return nil, &Error{NotACalendar, "This is not a calendar file. Perhaps the address leads to a web page about it."}
	}
	found, open := &blocks{}, []string{}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		before := len(open)
		failed := nest(line, &open)
		if failed != nil && i < len(lines)-1 {
			return nil, failed
		}
		if failed != nil && before > 0 { // a last line like "END:VCALEN"
			break
		}
		found.put(line, before, open)
	}
	if len(open) > 0 {
		return nil, &Error{Truncated, "This calendar is cut off: its end is missing."}
	}
	return found, nil
}

// nest follows a line into a component or out of it.
func nest(line string, open *[]string) *Error {
	name, value, _ := strings.Cut(line, ":")
	if len(name) > len("BEGIN") {
		return nil
	}
	value = strings.ToUpper(strings.TrimSpace(value))
	switch strings.ToUpper(name) {
	case "BEGIN":
		*open = append(*open, value)
		if len(*open) > maxDepth || (len(*open) == 1) != (value == "VCALENDAR") {
			return &Error{Malformed, "The parts of this calendar are nested in a way that no calendar is."}
		}
	case "END":
		last := len(*open) - 1
		if last < 0 || (*open)[last] != value {
			return &Error{Malformed, fmt.Sprintf("This calendar ends a part that it did not begin (%.40s).", value)}
		}
		*open = (*open)[:last]
	}
	return nil
}

// put files a line; before is the depth ahead of it, open what is open after.
func (b *blocks) put(line string, before int, open []string) {
	if before == 1 && len(open) == 1 {
		b.head = append(b.head, line)
	}
	if before == 1 && len(open) == 2 {
		b.kind = open[1]
	}
	if before >= 2 || len(open) >= 2 {
		b.part = append(b.part, line)
	}
	if before == 2 && len(open) == 1 {
		switch b.kind {
		case ical.CompEvent:
			b.events = append(b.events, b.part)
		case ical.CompTimezone:
			b.zones = append(b.zones, b.part)
		}
		b.part = nil
	}
}

// decode has the library read the lines of one component.
func decode(lines []string) (component *ical.Component, err error) {
	// The library panics on a line that ends within its parameters.
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("icalendar: %v", recovered)
		}
	}()
	text := "BEGIN:VCALENDAR\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCALENDAR\r\n"
	whole, err := ical.NewDecoder(strings.NewReader(text)).Decode()
	if err != nil {
		return nil, err
	}
	return whole.Component, nil
}
