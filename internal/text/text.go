// Package text decides which characters a person's words may have, and turns
// the markup of other people's feeds into plain words.
//
// Everything that is stored and shown as text goes through Line or Block
// (refuse what is unsafe, for what somebody typed here) or through FromHTML and
// OneLine (drop what is unsafe, for what a feed sent). Both pairs agree: what
// FromHTML gives is accepted by Block, what OneLine gives by Line.
//
// Lengths are characters (Unicode code points after NFC), not bytes.
package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CodeInvalid is the code of every Error of this package. Devices branch on it.
const CodeInvalid = "text_invalid"

// Error says why a text was refused.
type Error struct {
	// Code is always CodeInvalid.
	Code string
	// Message is a sentence for the person who wrote the text.
	Message string
}

// Error is the sentence for a person.
func (e *Error) Error() string { return e.Message }

func invalid(format string, args ...any) error {
	return &Error{Code: CodeInvalid, Message: fmt.Sprintf(format, args...)}
}

// Line gives s as one line: trimmed and in NFC, at most max characters.
// It refuses control characters (a tab or a new line too), characters that turn
// the reading direction round, and characters that can't be seen; a joiner
// inside a word or an emoji stays. An empty line is accepted: whether a text
// must be there is the caller's business.
//
// The error is an *Error with code text_invalid.
func Line(s string, max int) (string, error) {
	if !utf8.ValidString(s) {
		return "", invalid("This text is not in UTF-8, so it can't be read.")
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if i := strings.IndexAny(s, "\n\r\u2028\u2029"); i >= 0 {
		return "", invalid("This has to fit on one line. Please take the line break out.")
	}
	return checked(s, max)
}

// Block gives s as lines and paragraphs: as Line, but single new lines and
// blank lines stay. Every way to end a line becomes "\n", a tab becomes a
// space, spaces at the end of a line go, and several blank lines become one.
//
// The error is an *Error with code text_invalid.
func Block(s string, max int) (string, error) {
	if !utf8.ValidString(s) {
		return "", invalid("This text is not in UTF-8, so it can't be read.")
	}
	return checked(tidyLines(norm.NFC.String(s)), max)
}

// checked refuses what scrub would drop, and what is too long.
func checked(s string, max int) (string, error) {
	if _, dropped, found := scrub(s); found {
		if unicode.IsControl(dropped) {
			return "", invalid("This has a control character (U+%04X). Please take it out.", dropped)
		}
		return "", invalid("This has a hidden character (U+%04X). Please type it again instead of pasting it.", dropped)
	}
	if n := utf8.RuneCountInString(s); n > max {
		return "", invalid("This is too long: it has %d characters, and %d fit.", n, max)
	}
	return s, nil
}

// OneLine folds s to one safe line: every run of white space becomes one space,
// and what Line would refuse is dropped. It is for a feed's names and labels,
// where a person can't be asked to type again.
func OneLine(s string) string {
	s = strings.Join(strings.Fields(sanitise(s)), " ")
	return norm.NFC.String(s)
}

// Cut shortens s to at most max characters and says whether it had to. It cuts
// after a paragraph if one ends in the second half of what fits, else after a
// line, else after a word, else where it must; never inside a word's accents.
func Cut(s string, max int) (string, bool) {
	end, n := 0, 0
	for end = range s {
		if n == max {
			break
		}
		n++
	}
	if n < max || utf8.RuneCountInString(s) <= max {
		return s, false
	}
	head := s[:end]
	for _, separator := range []string{"\n\n", "\n", " "} {
		// A separator right behind what fits is the best place of all.
		if strings.HasPrefix(s[end:], separator) {
			return strings.TrimSpace(head), true
		}
		if i := strings.LastIndex(head, separator); i >= len(head)/2 {
			return strings.TrimSpace(head[:i]), true
		}
	}
	if i := norm.NFC.LastBoundary([]byte(s[:end])); i > 0 && !norm.NFC.PropertiesString(s[end:]).BoundaryBefore() {
		head = s[:i]
	}
	return strings.TrimSpace(head), true
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n",
	"\u2028", "\n", "\u2029", "\n\n", "\t", " ")

// tidyLines gives every line end as "\n", trims the ends of lines and of the
// whole, and leaves at most one blank line between two paragraphs.
func tidyLines(s string) string {
	var out strings.Builder
	blank := 0
	for line := range strings.SplitSeq(lineEnds.Replace(s), "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" {
			blank++
			continue
		}
		switch {
		case out.Len() == 0:
			line = strings.TrimLeftFunc(line, unicode.IsSpace)
		case blank > 0:
			out.WriteString("\n\n")
		default:
			out.WriteByte('\n')
		}
		blank = 0
		out.WriteString(line)
	}
	return out.String()
}
