package text

import (
	"strings"
	"unicode"
)

const bullet = "• "

// breaks says how many line ends an element asks for around itself: 2 is a
// blank line, 1 a new line.
var breaks = map[string]int{
	"address": 2, "article": 2, "aside": 2, "blockquote": 2, "body": 2, "br": 1, "caption": 1, "center": 2,
	"dd": 1, "details": 2, "dialog": 2, "dir": 2, "div": 1, "dl": 2, "dt": 1, "fieldset": 2, "figcaption": 1,
	"figure": 2, "footer": 2, "form": 2, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "header": 2,
	"hr": 2, "html": 2, "legend": 1, "li": 1, "main": 2, "menu": 2, "nav": 2, "ol": 2, "option": 1, "p": 2, "pre": 2,
	"section": 2, "summary": 1, "table": 2, "tbody": 1, "tfoot": 1, "thead": 1, "tr": 1, "ul": 2,
}

// silent elements have content that is not for reading.
var silent = set("iframe noembed noframes noscript script style title")

// inline are the other elements of HTML, old and new. A name that is in none of
// the three lists is somebody's own words in angle brackets.
var inline = set(`! a abbr acronym applet area audio b base basefont bdi bdo bgsound big blink button canvas cite code
	col colgroup command data datalist del dfn em embed font frame frameset head i image img input ins isindex kbd
	keygen label link listing map mark marquee math meta meter nobr object optgroup output param picture plaintext
	portal progress q rb rp rt rtc ruby s samp search select slot small source span strike strong sub sup svg td
	template textarea th time tt u var video wbr xmp`)

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(names) {
		m[name] = true
	}
	return m
}

func known(name string) bool { return breaks[name] > 0 || silent[name] || inline[name] }

// writer lays text out. Line ends and spaces wait until more text comes, so
// that they can be folded.
type writer struct {
	out       strings.Builder
	keepLines bool // "\n" in text is a line end
	pre       int  // depth of <pre>
	lists     int  // depth of lists
	space     bool
	lines     int // line ends that wait, 0 to 2
	item      bool
	link      string // address of the open link
	linkStart int    // where its text starts in out
}

func (w *writer) text(s string) {
	for _, r := range s {
		switch {
		case r == '\n' && (w.keepLines || w.pre > 0):
			w.lines = min(w.lines+1, 2)
		case unicode.IsSpace(r):
			w.space = true
		default:
			w.flush(r)
			w.out.WriteRune(r)
		}
	}
}

// flush writes what waits before r: at the very start, nothing but a bullet.
func (w *writer) flush(r rune) {
	if w.out.Len() > 0 {
		switch {
		case w.lines > 0:
			w.out.WriteString("\n\n"[:w.lines])
		case w.space:
			w.out.WriteByte(' ')
		}
	}
	if w.item && r != '•' {
		w.out.WriteString(bullet)
	}
	w.lines, w.space, w.item = 0, false, false
}

func (w *writer) open(name, href, raw string) {
	if name == "br" {
		w.lines = min(w.lines+1, 2)
		return
	}
	w.breakFor(name)
	switch name {
	case "li":
		w.item = true
	case "ul", "ol", "menu", "dir":
		w.lists++
	case "pre":
		w.pre++
	case "td", "th":
		w.space = true
	case "a":
		w.closeLink()
		w.link, w.linkStart = href, w.out.Len()
	default:
		w.unknown(name, raw)
	}
}

func (w *writer) close(name, raw string) {
	w.breakFor(name)
	switch name {
	case "li":
		w.item = false
	case "ul", "ol", "menu", "dir":
		w.lists = max(w.lists-1, 0)
		w.breakFor(name)
	case "pre":
		w.pre = max(w.pre-1, 0)
	case "td", "th":
		w.space = true
	case "a":
		w.closeLink()
	default:
		w.unknown(name, raw)
	}
}

// breakFor waits with the line ends of an element. Paragraphs inside of a list
// item are lines, or every item of most editors' lists would stand alone.
func (w *writer) breakFor(name string) {
	n := breaks[name]
	if w.lists > 0 {
		n = min(n, 1)
	}
	w.lines = max(w.lines, n)
}

// unknown keeps what only looks like an element: "<bring a friend>",
// "<jo@example.org>". Names with a colon or a hyphen are other vocabularies'.
// The brackets become ‹ and ›, which no reader takes for markup.
func (w *writer) unknown(name, raw string) {
	inner := strings.TrimSuffix(strings.TrimPrefix(raw, "<"), ">")
	switch {
	case known(name):
	case strings.Contains(name, "@") || strings.HasPrefix(name, "http"):
		w.text(inner)
	case !strings.ContainsAny(name, ":-"):
		w.text("‹" + inner + "›")
	}
}

// comment keeps what only looks like a comment, such as "</3 u" or "<!!".
func (w *writer) comment(raw string) {
	for _, start := range []string{"<!--", "<![", "<?", "</>"} {
		if strings.HasPrefix(raw, start) {
			return
		}
	}
	w.text("‹" + strings.TrimPrefix(raw, "<"))
}

// unfinished keeps the end of a text that breaks off in angle brackets, unless
// it is an element that was cut.
func (w *writer) unfinished(raw string) {
	name := strings.TrimLeft(raw, "</")
	if i := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); i >= 0 {
		name = name[:i]
	}
	if strings.HasPrefix(raw, "<") && !known(strings.ToLower(name)) {
		w.text("‹" + raw[1:])
	}
}

// closeLink writes a link's address behind its text, unless the text shows it.
func (w *writer) closeLink() {
	href := w.link
	if href == "" {
		return
	}
	w.link = ""
	text := w.out.String()[w.linkStart:]
	switch {
	case strings.TrimSpace(text) == "":
		w.text(" " + href)
	case !shows(text, href):
		space, lines := w.space, w.lines
		w.space, w.lines = true, 0
		w.text("(" + href + ")")
		w.space, w.lines = space, lines
	}
}
