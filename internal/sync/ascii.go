package sync

import "unicode/utf8"

const hex = "0123456789abcdef"

// ascii writes every character of JSON beyond ASCII as JSON's escape, \u2019.
// To JSON it is the same; but one curly quote in a page of a megabyte makes a
// browser keep two bytes for each character of it, and then everything a phone
// does with the page takes twice as long. Here it is done once for all phones.
func ascii(data []byte) []byte {
	first := 0
	for first < len(data) && data[first] < utf8.RuneSelf {
		first++
	}
	if first == len(data) {
		return data
	}
	out := append(make([]byte, 0, len(data)+len(data)/8), data[:first]...)
	for rest := data[first:]; len(rest) > 0; {
		if rest[0] < utf8.RuneSelf {
			out, rest = append(out, rest[0]), rest[1:]
			continue
		}
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		if r > 0xffff {
			r -= 0x10000
			out = escape(out, 0xd800+r>>10)
			r = 0xdc00 + r&0x3ff
		}
		out = escape(out, r)
	}
	return out
}

func escape(out []byte, r rune) []byte {
	return append(out, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
