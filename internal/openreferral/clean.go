package openreferral

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"kith/internal/text"
)

// Bounds that a person who edits the listing later is held to as well, so that
// what was imported can be saved again.
const (
	maxURL         = 500
	maxEmail       = 254
	maxPhone       = 40
	maxContactName = 60
	maxAmounts     = 12
	maxWho         = 60
)

var (
	// hostName has at least one dot and ends in a word: "localhost" and
	// "Community Centre" are not addresses that a person could open.
	hostName = regexp.MustCompile(`^(?i)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
	scheme   = regexp.MustCompile(`^(?i)(https?):/{0,2}`)
	dialled  = regexp.MustCompile(`^[+0-9 ()-]*$`)
	mailbox  = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$`)
)

// address is a web address, or "" with a warning. One without a scheme gets
// https:// if it begins with a host name, one with a mistyped "http:/" the
// missing slashes. Anything else stays as words, if w is given.
func (r *reader) address(id, found string, w *words) string {
	s := text.OneLine(found)
	if s == "" {
		return ""
	}
	rest, start := s, "https://"
	if m := scheme.FindStringSubmatch(s); m != nil {
		rest, start = s[len(m[0]):], strings.ToLower(m[1])+"://"
	}
	u, err := url.Parse(start + rest)
	if err == nil && u.User == nil && hostName.MatchString(u.Hostname()) && !strings.ContainsFunc(rest, unicode.IsSpace) {
		if printed := u.String(); len(printed) <= maxURL {
			return printed
		}
	}
	r.warn(id, "url_invalid", s)
	if w != nil {
		w.add("Web: ", s)
	}
	return ""
}

// email is an e-mail address without the spaces and full stops around it.
func (r *reader) email(id, found string, w *words) string {
	s := text.OneLine(found)
	if s == "" {
		return ""
	}
	bare := strings.Trim(strings.TrimPrefix(s, "mailto:"), " .,;<>")
	if len(bare) <= maxEmail && mailbox.MatchString(bare) {
		return bare
	}
	r.warn(id, "email_invalid", s)
	w.add("Email: ", s)
	return ""
}

// phone is a number as the feed writes it, if it can be dialled; anything else,
// an extension for one, stays as words.
func (r *reader) phone(id string, p *phone, w *words) string {
	if p == nil {
		return ""
	}
	number, extension := plain(string(p.Number)), plain(string(p.Extension))
	if extension != "" && number != "" {
		w.add("Phone: ", number+" extension "+extension)
	}
	if dialled.MatchString(number) && strings.ContainsAny(number, "0123456789") && len(number) <= maxPhone {
		return number
	}
	if number != "" && extension == "" {
		w.add("Phone: ", number)
	}
	if number != "" {
		r.warn(id, "phone_invalid", number)
	}
	return ""
}

// date is a day, from a date or the beginning of a time; "" with a warning if
// there is no such day.
func (r *reader) date(id, found string) string {
	if found == "" {
		return ""
	}
	if day, ok := day(found); ok {
		return day.Format(time.DateOnly)
	}
	r.warn(id, "date_invalid", found)
	return ""
}

func day(s string) (time.Time, bool) {
	if len(s) > len(time.DateOnly) && strings.ContainsRune("T ", rune(s[len(time.DateOnly)])) {
		s = s[:len(time.DateOnly)]
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}
