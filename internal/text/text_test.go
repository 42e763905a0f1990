package text_test

import (
	"errors"
	"strings"
	"testing"

	"kith/internal/text"
)

func TestLine_KeepsWhatPeopleWrite(t *testing.T) {
	for in, want := range map[string]string{
		"  Rosa ":          "Rosa",
		"":                 "",
		"\u00a0 \n":        "",
		"Rene\u0301e":      "Renée",
		"Tea & <3 chat":    "Tea & <3 chat",
		"نوار":             "نوار",
		"می\u200cخواهم":    "می\u200cخواهم",
		"👨‍👩‍👧 lunch ❤️‍🔥": "👨‍👩‍👧 lunch ❤️‍🔥",
		"🏴󠁧󠁢󠁷󠁬󠁳󠁿 St David": "🏴󠁧󠁢󠁷󠁬󠁳󠁿 St David",
		"Nguyễn Thị Hương": "Nguyễn Thị Hương",
		"क्\u200dष":        "क्\u200dष",
	} {
		if got, err := text.Line(in, 40); err != nil || got != want {
			t.Errorf("Line(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestLine_RefusesWhatCannotBeSeen(t *testing.T) {
	for name, in := range map[string]string{
		"line break":              "a\nb",
		"line separator":          "a\u2028b",
		"tab":                     "a\tb",
		"NUL":                     "a\x00b",
		"escape":                  "a\x1b[31mb",
		"override":                "gpj\u202e.exe",
		"isolate":                 "a\u2066b\u2069",
		"mark":                    "a\u200fb",
		"zero width space":        "a\u200bb",
		"byte order mark":         "\ufeffa",
		"soft hyphen":             "a\u00adb",
		"filler":                  "\u3164",
		"joiner alone":            "\u200d",
		"joiner before a space":   "a\u200d b",
		"joiner behind a space":   "a \u200db",
		"joiner at the end":       "a\u200c",
		"two joiners":             "a\u200d\u200db",
		"tag characters":          "a\U000E0061\U000E0062",
		"flag with hidden words":  "\U0001F3F4\U000E0061\U000E0062\U000E007F",
		"selector alone":          "\ufe0f",
		"run of selectors":        "a\ufe0f\ufe0e",
		"private use":             "\uf0b7 item",
		"noncharacter":            "a\uffff",
		"pile of accents":         "a" + strings.Repeat("\u0337", 9),
		"bytes that aren't UTF-8": "a\xff",
		"too long":                strings.Repeat("é", 41),
	} {
		got, err := text.Line(in, 40)
		var refused *text.Error
		if !errors.As(err, &refused) || refused.Code != "text_invalid" || got != "" {
			t.Errorf("%s: Line(%q) = %q, %v; want text_invalid", name, in, got, err)
			continue
		}
		if len(refused.Message) < 20 || !strings.HasSuffix(refused.Message, ".") {
			t.Errorf("%s: %q is not a sentence", name, refused.Message)
		}
	}
}

func TestLine_CountsCharactersNotBytes(t *testing.T) {
	if got, err := text.Line(strings.Repeat("é", 40), 40); err != nil || len(got) != 80 {
		t.Errorf("40 accented letters: %d bytes, %v", len(got), err)
	}
	if _, err := text.Line(strings.Repeat("e\u0301", 40), 40); err != nil {
		t.Errorf("40 letters with a separate accent: %v", err)
	}
}

func TestBlock_KeepsLinesAndParagraphs(t *testing.T) {
	in := "\r\n  Tea at ten.\t \r\nCake at two.\r\r\n\n\n\u2029  Bring:\n  - a cup\u2028- a friend\n\n"
	want := "Tea at ten.\nCake at two.\n\n  Bring:\n  - a cup\n- a friend"
	if got, err := text.Block(in, 100); err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	for _, bad := range []string{"a\u202eb", "a\x00b", "a\xffb", strings.Repeat("long ", 30)} {
		if got, err := text.Block(bad, 100); err == nil {
			t.Errorf("Block(%q) = %q, want a refusal", bad, got)
		}
	}
}

func TestOneLine_GivesWhatLineAccepts(t *testing.T) {
	in := "\ufeff Lunch\u00a0 club\n\u200b(50+)\t\x00 \u202efor all "
	if got := text.OneLine(in); got != "Lunch club (50+) for all" {
		t.Errorf("got %q", got)
	}
}

func TestCut_CutsAtAParagraphThenALineThenAWord(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
		cut  bool
	}{
		{"one two", 7, "one two", false},
		{"", 0, "", false},
		{"first para.\n\nsecond one", 15, "first para.", true},
		{"first para.\n\nsecond one", 11, "first para.", true},
		{"a.\n\nsecond line\nthird line here", 20, "a.\n\nsecond line", true},
		{"a.\n\nsecond and third words", 20, "a.\n\nsecond and third", true},
		{"unbreakable", 5, "unbre", true},
		{"ééééé", 3, "ééé", true},
		{"abcq\u0323\u0307", 5, "abc", true},
	} {
		if got, cut := text.Cut(c.in, c.max); got != c.want || cut != c.cut {
			t.Errorf("Cut(%q, %d) = %q, %v; want %q, %v", c.in, c.max, got, cut, c.want, c.cut)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"Rosa", " e\u0301 ", "a\u200db", "\u202e", "\U0001F3F4\U000E0067\U000E0062", "\xff", "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, accept := range []func(string, int) (string, error){text.Line, text.Block} {
			got, err := accept(s, 1000)
			if err != nil {
				continue
			}
			if again, err := accept(got, 1000); err != nil || again != got {
				t.Fatalf("%q is accepted as %q, which then gives %q, %v", s, got, again, err)
			}
		}
		folded := text.OneLine(s)
		if again, err := text.Line(folded, len(folded)); err != nil || again != folded {
			t.Fatalf("OneLine(%q) = %q, which Line gives as %q, %v", s, folded, again, err)
		}
		if cut, _ := text.Cut(folded, 10); len([]rune(cut)) > 10 {
			t.Fatalf("Cut(%q, 10) = %q", folded, cut)
		}
	})
}
