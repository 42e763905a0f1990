package text_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kith/internal/text"
)

func TestFromHTML_GivesWhatAPersonWouldRead(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"paragraphs", "<p>One</p>\n<p>Two<br>three</p>", "One\n\nTwo\nthree"},
		{"line ends inside of paragraphs fold", "<p>One\n  two\u00a0\tthree</p>", "One two three"},
		{"empty paragraphs", "<p><br></p><p>&nbsp;</p>", ""},
		{"lists", "<p>Bring:</p><ul><li>a cup</li><li><p>a <b>friend</b></p></li><li></li></ul><p>Bye</p>", "Bring:\n\n• a cup\n• a friend\n\nBye"},
		{"nested lists", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "• a\n• b\n• c"},
		{"own bullets", "<ul><li>• a</li></ul>", "• a"},
		{"headings", "<h4>When</h4>Mondays", "When\n\nMondays"},
		{"tables", "<table><tr><td>Mon</td><td>10am</td></tr><tr><td>Tue</td><td>2pm</td></tr></table>", "Mon 10am\nTue 2pm"},
		{"entities", "Tea &amp; cake &pound;2 &#8211; all", "Tea & cake £2 – all"},
		{"escaped twice", "&lt;p&gt;Tea&lt;/p&gt;&lt;p&gt;Cake&lt;/p&gt;", "Tea\n\nCake"},
		{"link", `See <a href="https://example.org/x">our page</a>.`, "See our page (https://example.org/x)."},
		{"link that shows its address", `See <a href="https://www.example.org/">example.org</a>.`, "See example.org."},
		{"link around a picture", `<p>Us <a href="https://example.org/fb"><img src="x.png"></a></p>`, "Us https://example.org/fb"},
		{"link with a space at its end", `<a href="https://a.example">here </a>now`, "here (https://a.example) now"},
		{"mail link", `<a href="mailto:jo@example.org?subject=Hi">Jo</a> <a href="mailto:jo@example.org">jo@example.org</a>`, "Jo (jo@example.org) jo@example.org"},
		{"telephone link", `<a href="tel:0117%20496">Ring</a>`, "Ring (0117 496)"},
		{"script links", `<a href="javascript:alert(1)">a</a> <a href=" JaVaScRiPt:x">b</a> <a href="data:text/html,x">c</a> <a href="/d">d</a>`, "a b c d"},
		{"scripts and styles", `a<script>alert("<p>")</script><style>p{}</style><noscript><img src="https://t.example/p.gif"></noscript>b`, "ab"},
		{"pictures and frames", `a<img src="https://t.example/p.gif" alt=x><iframe src="https://y.example">z</iframe>b`, "ab"},
		{"a script that never ends", "a<script>alert(1)", "a"},
		{"comments", "a<!-- <b>x</b> -->b<!doctype html><?xml version='1'?>c", "abc"},
		{"office markup", "<p class=MsoNormal>a<o:p></o:p></p>", "a"},
		{"plain text keeps its lines", "One\nTwo\n\n\nThree", "One\nTwo\n\nThree"},
		{"plain text with a bold word", "One <b>and</b>\nTwo", "One and\nTwo"},
		{"plain text with signs", "Ages <5 & >3, I <3 tea, a < b", "Ages <5 & >3, I <3 tea, a < b"},
		{"plain text with an address", "https://example.org/?a=1&copy=2", "https://example.org/?a=1&copy=2"},
		{"angle brackets around words", "Jo <jo@example.org> <https://example.org/a?b=c> <Bring a friend>", "Jo jo@example.org https://example.org/a?b=c ‹Bring a friend›"},
		{"angle bracket without its end", "Ages <five to nine", "Ages ‹five to nine"},
		{"a broken heart", "we are </3 today", "we are ‹/3 today"},
		{"a cut element", `Tea <a href="https://exa`, "Tea"},
		{"hidden characters", "<p>a\u202eb\u200bc\x00d</p>", "abcd"},
		{"pre", "<pre>a\n  b</pre>", "a\nb"},
	} {
		if got := text.FromHTML(c.in); got != c.want {
			t.Errorf("%s: FromHTML(%q)\n got %q\nwant %q", c.name, c.in, got, c.want)
		}
	}
}

func TestFromHTML_LeavesNothingThatABrowserWouldRun(t *testing.T) {
	escaped := "<script>alert(1)</script>"
	for range 8 {
		requireHarmless(t, escaped)
		escaped = html.EscapeString(escaped)
	}
	for _, in := range []string{
		"<<b>script>alert(1)<</b>/script>", "<x onclick=alert(1)>", "<img/src=x onerror=alert(1)", "<svg><script>1</script>",
		"<scr\u200bipt>alert(1)</script>", "&lt;img src=x onerror=alert(1)", "<![CDATA[<script>1</script>]]>", "<math><mtext><b><style></b><img src=x>",
	} {
		requireHarmless(t, in)
	}
}

// requireHarmless fails if FromHTML(in) holds anything but text to a browser.
func requireHarmless(t *testing.T, in string) {
	t.Helper()
	got := text.FromHTML(in)
	z := html.NewTokenizer(strings.NewReader(got))
	for {
		switch z.Next() {
		case html.TextToken:
		case html.ErrorToken:
			return
		default:
			t.Fatalf("FromHTML(%q) = %q: has %q", in, got, z.Raw())
		}
	}
}

func BenchmarkFromHTML_150kBOfNestedTags(b *testing.B) {
	in := strings.Repeat("<ul><li><a href='https://example.org'>", 4000)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		text.FromHTML(in)
	}
}

func FuzzFromHTML(f *testing.F) {
	for _, seed := range []string{
		"<p>a</p>", "<ul><li>a<a href=x>b</a>", "a\nb", "&amp;lt;b&gt;", "<a href='mailto:%00'>", "<<b>b>", "a\u200d<b>\u0301", "</3", "<é>", "\xff<", "<!",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := text.FromHTML(s)
		if again, err := text.Block(got, len(got)); err != nil || again != got {
			t.Fatalf("FromHTML(%q) = %q, which Block gives as %q, %v", s, got, again, err)
		}
		requireHarmless(t, s)
	})
}
