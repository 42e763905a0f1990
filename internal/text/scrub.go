package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	blackFlag          = '\U0001F3F4'
	cancelTag          = '\U000E007F'

	// maxMarks is how many accents may stand on one letter. Real writing needs
	// at most six; a pile of forty paints over the lines above.
	maxMarks = 8
)

// nationFlags are the flags of England, Scotland and Wales: the only use of the
// invisible tag characters that is not a way to hide text.
var nationFlags = []string{tags("gbeng"), tags("gbsct"), tags("gbwls")}

func tags(ascii string) string {
	var b strings.Builder
	for _, r := range ascii {
		b.WriteRune(0xE0000 + r)
	}
	b.WriteRune(cancelTag)
	return b.String()
}

// sanitise gives s as valid UTF-8 in NFC without anything that scrub drops.
func sanitise(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	// NFC once more: without what stood between them, two characters may compose.
	s, _, _ = scrub(s)
	return norm.NFC.String(s)
}

// scrub drops every character that a reader can't see or that changes what the
// others look like. It also gives the first one dropped. "\n" and white space
// stay, other control characters go.
func scrub(s string) (out string, dropped rune, found bool) {
	c := scrubber{}
	c.out.Grow(len(s))
	skip := 0
	for i, r := range s {
		if i < skip {
			continue
		}
		if r == blackFlag {
			if flag := flagAfter(s[i+len(string(r)):]); flag != "" {
				c.keep(r)
				c.out.WriteString(flag)
				c.last = cancelTag
				skip = i + len(string(r)) + len(flag)
				continue
			}
		}
		c.next(r)
	}
	c.dropJoiner()
	return c.out.String(), c.dropped, c.found
}

func flagAfter(s string) string {
	for _, flag := range nationFlags {
		if strings.HasPrefix(s, flag) {
			return flag
		}
	}
	return ""
}

type scrubber struct {
	out     strings.Builder
	last    rune // the last one kept, 0 before the first
	joiner  rune // waits to see whether a word goes on behind it, 0 if none
	marks   int  // accents in a row so far
	dropped rune
	found   bool
}

func (c *scrubber) next(r rune) {
	switch {
	case r >= ' ' && r < 0x7f && c.joiner == 0: // most of what there is, and nothing to look up
		c.marks = 0
		c.out.WriteByte(byte(r))
		c.last = r
	case r == zeroWidthJoiner || r == zeroWidthNonJoiner:
		if c.joiner != 0 || !joins(c.last) {
			c.drop(r)
			return
		}
		c.joiner = r
	case hidden(r), unicode.Is(unicode.Variation_Selector, r) && !varies(c.last):
		c.drop(r)
	case unicode.Is(unicode.M, r) && c.marks == maxMarks:
		c.drop(r)
	default:
		if c.joiner != 0 && joins(r) {
			c.out.WriteRune(c.joiner)
			c.joiner = 0
		}
		c.dropJoiner()
		c.keep(r)
	}
}

func (c *scrubber) keep(r rune) {
	if unicode.Is(unicode.M, r) {
		c.marks++
	} else {
		c.marks = 0
	}
	c.out.WriteRune(r)
	c.last = r
}

func (c *scrubber) drop(r rune) {
	if !c.found {
		c.dropped, c.found = r, true
	}
}

func (c *scrubber) dropJoiner() {
	if c.joiner != 0 {
		c.drop(c.joiner)
		c.joiner = 0
	}
}

// hidden is true for control and format characters, fillers, private and
// impossible characters: nothing of them can be seen, or nobody knows what.
// Characters that Unicode has not assigned yet stay: they may be a new emoji.
func hidden(r rune) bool {
	if r == '\n' {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Co, unicode.Noncharacter_Code_Point, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// joins is true for what a joiner may stand beside: letters, accents, emoji.
func joins(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.So, unicode.Sk) || r == cancelTag
}

// varies is true for what a variation selector may follow: something visible,
// and not a second selector, since a run of them can carry hidden bytes.
func varies(r rune) bool {
	return r != 0 && !unicode.IsSpace(r) && !unicode.Is(unicode.Variation_Selector, r)
}
