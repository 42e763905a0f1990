package text

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// maxAddress is the longest address that is written out behind a link. Longer
// ones carry tracking, not a place that somebody could type.
const maxAddress = 500

// maxPasses is how often text may have been escaped on its way here. Feeds do
// send "&lt;p&gt;"; deeper nesting is made to slip through a filter.
const maxPasses = 4

// FromHTML turns a feed's text, HTML or plain, into safe plain text: paragraphs
// with a blank line between them, line breaks, list items as "• item", links as
// "text (https://…)" when the text doesn't show the address, entities decoded,
// white space folded. Scripts, styles, images, frames and everything hidden are
// gone. Plain text keeps its lines. The answer is one that Block accepts, and no
// HTML element can be read from it. It takes time in proportion to len(s).
func FromHTML(s string) string {
	s = sanitise(lineEnds.Replace(s))
	newlines := !hasLayout(s)
	for range maxPasses {
		s = sanitise(readHTML(s, newlines))
		if !hasElements(s) {
			return tidyLines(s)
		}
		newlines = true // the lines are ours from now on
	}
	return tidyLines(strings.ReplaceAll(s, "<", "‹"))
}

// hasLayout is true if s has elements that make lines, so that its own line
// ends mean nothing.
func hasLayout(s string) bool {
	return anyElement(s, func(name string) bool { return breaks[name] > 0 })
}

// hasElements is true if a browser would see any element or comment in s.
func hasElements(s string) bool {
	return anyElement(s, func(string) bool { return true })
}

func anyElement(s string, wanted func(name string) bool) bool {
	if !strings.Contains(s, "<") {
		return false
	}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.CommentToken, html.DoctypeToken:
			if wanted("!") {
				return true
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); wanted(string(name)) {
				return true
			}
		}
	}
}

// readHTML is one pass over s. newlines says whether "\n" in text is a line end.
func readHTML(s string, newlines bool) string {
	z := html.NewTokenizer(strings.NewReader(s))
	w := &writer{keepLines: newlines}
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			w.unfinished(string(z.Raw()))
			w.closeLink()
			return w.out.String()
		case html.TextToken:
			w.text(decoded(z, newlines))
		case html.CommentToken:
			w.comment(string(z.Raw()))
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			name, more := z.TagName()
			if silent[string(name)] && kind == html.StartTagToken {
				z.Next() // its content is one raw token
				continue
			}
			href := ""
			if string(name) == "a" && more {
				href = hrefOf(z)
			}
			w.open(string(name), href, raw)
		case html.EndTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			w.close(string(name), raw)
		}
	}
}

var entity = regexp.MustCompile(`&#?[0-9A-Za-z]{1,31};`)

// decoded is the text at z. In plain text only whole entities count: in
// "?a=1&copy=2" nobody meant a copyright sign.
func decoded(z *html.Tokenizer, plain bool) string {
	if !plain {
		return string(z.Text())
	}
	return entity.ReplaceAllStringFunc(string(z.Raw()), html.UnescapeString)
}

func hrefOf(z *html.Tokenizer) string {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "href" {
			return address(string(value))
		}
		if !more {
			return ""
		}
	}
}

// address is what to print for a link's target, or "" when there is nothing
// that a person could use: another page of the same site, a script, a tracker.
func address(href string) string {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return ""
	}
	printed := ""
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host != "" {
			printed = u.String()
		}
	case "mailto", "tel":
		printed, _ = url.PathUnescape(u.Opaque)
	}
	if len(printed) > maxAddress || strings.ContainsAny(printed, "<>") {
		return ""
	}
	return OneLine(printed)
}

// shows is true if text already has the address, with or without "https://www.".
func shows(text, address string) bool {
	bare := strings.ToLower(address)
	for _, prefix := range []string{"https://", "http://", "www."} {
		bare = strings.TrimPrefix(bare, prefix)
	}
	return strings.Contains(strings.ToLower(text), strings.TrimSuffix(bare, "/"))
}
