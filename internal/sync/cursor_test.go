package sync

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"kith/internal/limits"
)

func cursorOf(words string) string { return base64.RawURLEncoding.EncodeToString([]byte(words)) }

// Ensure that whatever is read as a cursor is written as one again, the same,
// and that nothing makes a panic.
func FuzzCursor(f *testing.F) {
	for _, words := range []string{
		"", "1 EPOCH 5 -", "1 EPOCH 5 - public", "1 EPOCH 5 m public=3.4 member/m", "1 E 0 m a=0.0 b=9007199254740992.1",
		"1 E 5 m @m", "1 E 5 m public public", "2 E 5 m public", "1  5 m public", "1 E 05 m public", "1 E 5 m public=", "1 E 5 m public=1", "1 E 5 m =1.2",
	} {
		f.Add(cursorOf(words))
	}
	f.Add("!")
	f.Add("MQ==")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := decodeCursor(text)
		if err != nil {
			if !errors.Is(err, ErrCursor) || c != nil {
				t.Fatalf("%v", err)
			}
			return
		}
		if text == "" {
			return
		}
		again, err := decodeCursor(c.encode())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, c.encode(), err)
		}
		if again.encode() != c.encode() || again.epoch != c.epoch || again.seq != c.seq || again.member != c.member || len(again.auds) != len(c.auds) {
			t.Fatalf("%+v became %+v", c, again)
		}
		for a, p := range c.auds {
			if again.auds[a] != p {
				t.Fatalf("%s at %v became %v", a, p, again.auds[a])
			}
		}
	})
}

// Ensure that each way of not being a cursor is refused.
func TestCursor_RefusesWhatItDidNotWrite(t *testing.T) {
	for name, text := range map[string]string{
		"not base64":        "!",
		"padded":            base64.URLEncoding.EncodeToString([]byte("1 E 5 m public")) + "=",
		"another version":   cursorOf("9 E 5 m public"),
		"no member":         cursorOf("1 E 5"),
		"an empty member":   cursorOf("1 E 5  public"),
		"no epoch":          cursorOf("1  5 m public"),
		"a negative seq":    cursorOf("1 E -5 m public"),
		"a seq with a sign": cursorOf("1 E +5 m public"),
		"a seq with zeros":  cursorOf("1 E 005 m public"),
		"a seq past 2^53":   cursorOf("1 E 9007199254740993 m public"),
		"a marker":          cursorOf("1 E 5 m @m"),
		"an audience twice": cursorOf("1 E 5 m public public"),
		"an empty audience": cursorOf("1 E 5 m public "),
		"half a position":   cursorOf("1 E 5 m public=3"),
		"a negative base":   cursorOf("1 E 5 m public=-3.4"),
		"a negative pos":    cursorOf("1 E 5 m public=3.-4"),
		"three parts":       cursorOf("1 E 5 m public=3.4.5"),
		"too long":          strings.Repeat("A", limits.Cursor+1),
		"a newline in it":   cursorOf("1 E 5 m public\n=1"),
	} {
		if _, err := decodeCursor(text); !errors.Is(err, ErrCursor) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Ensure that the cursor of somebody in all audiences that there is room for, each by the
// longest name and in the middle of a pull, is one that is read again.
func TestCursor_OfWhoIsInAllIsRead(t *testing.T) {
	const most = 1 << 53
	c := &cursor{epoch: strings.Repeat("e", 26), seq: most, member: strings.Repeat("m", 15), trusted: true, auds: map[string]position{Public: {most - 1, most - 1}}}
	for i := range limits.Audiences {
		c.auds[fmt.Sprintf("%0*d", limits.AudienceName, i)] = position{most - 1, most - 1}
	}
	if _, err := decodeCursor(c.encode()); err != nil {
		t.Errorf("%d bytes: %v", len(c.encode()), err)
	}
}
