package hooks_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kith/internal/limits"
)

// bodies that are no good request to anybody.
func bodies() map[string]string {
	nested := func(open, shut string, n int) string {
		return `{"x":` + strings.Repeat(open, n) + "1" + strings.Repeat(shut, n) + "}"
	}
	return map[string]string{
		"empty": "", "space": "  \n", "null": "null", "a list": "[]", "a number": "7", "a text": `"x"`, "true": "true",
		"an object": "{}", "cut": `{"protocol":1,"stre`, "cut in an escape": `{"proof":"\u12`, "two values": "{}{}", "a comment": "{} // x",
		"single quotes": "{'protocol':1}", "trailing comma": `{"protocol":1,}`, "NaN": `{"protocol":NaN}`, "1e400": `{"protocol":1e400}`,
		"a byte order mark": "\ufeff{}", "UTF-16": "\xff\xfe{\x00}\x00", "raw NUL": "{\"proof\":\"a\x00b\"}", "raw newline": "{\"proof\":\"a\nb\"}",
		"broken UTF-8": "{\"proof\":\"\xc3\x28\",\"cursor\":\"\xff\"}", "lone surrogate": `{"proof":"\ud800","cursor":"\udfff"}`,
		"10,000 lists": nested("[", "]", 10_000), "10,000 objects": nested(`{"a":`, "}", 10_000), "10,000 open": strings.Repeat("[", 10_000),
		"a name twice": `{"protocol":1,"protocol":2,"proof":"a","proof":"b"}`,
		"__proto__":    `{"__proto__":{"admin":true},"constructor":{}}`,
		"10,000 names": "{" + manyNames(500) + "}",
		"a form":       "protocol=1&proof=x", "XML": `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`,
		"2 MiB":          `{"x":"` + strings.Repeat("a", 2<<20) + `"}`,
		"2 MiB of space": strings.Repeat(" ", 2<<20) + "{}",
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"n%d":%d,`, i, i)
	}
	return b.String() + `"z":1`
}

// values that may stand where something else was meant.
var values = map[string]any{
	"null": nil, "empty": "", "true": true, "a list": []any{}, "an object": map[string]any{}, "a fraction": 1.5, "minus one": -1, "zero": 0,
	"2^53+1": json.RawMessage("9007199254740993"), "2^63": json.RawMessage("9223372036854775808"), "1e308": json.RawMessage("1e308"), "1e400": json.RawMessage("1e400"),
	"-2^63": json.RawMessage("-9223372036854775808"), "a number as text": "1", "NUL": "a\x00b", "turned around": "a\u202eb", "newline": "a\nb",
	"lone surrogate": json.RawMessage(`"\ud800"`), "broken UTF-8": json.RawMessage("\"\xff\xfe\""), "100 kB": strings.Repeat("a", 100_000), "zalgo": "Z" + strings.Repeat("\u0301", 500),
	"traversal": "../../etc/passwd", "SQL": "'; DROP TABLE members;--", "a format": "%s%n%d", "script": "<script>alert(1)</script>", "a filter": `id != "" || 1=1`,
	"deep": json.RawMessage(strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)), "not base64": "!!!!", "padded": "AAAA====",
}

// cursors that this server would not have given.
func cursors(p *phone) map[string]string {
	c := func(words string) string { return base64.RawURLEncoding.EncodeToString([]byte(words)) }
	return map[string]string{
		"stale epoch": c("1 OTHEREPOCH000000 5 " + p.member + " public"), "future": c("1 " + p.epochNow() + " 999999 " + p.member + " public"),
		"a marker": c("1 E 5 m @" + p.member), "somebody else's": c("1 " + p.epochNow() + " 2 aaaaaaaaaaaaaaa member/aaaaaaaaaaaaaaa public"),
		"SQL": c("1 " + p.epochNow() + " 2 " + p.member + " '||(SELECT'"), "half": c("1 " + p.epochNow() + " 2 " + p.member + " public=1"),
		"audience twice": c("1 E 5 m public public"), "version 9": c("9 E 5 m public"), "not base64": "!", "64 KiB": strings.Repeat("A", limits.Cursor+1),
		"2,000 audiences": c("1 " + p.epochNow() + " 2 " + p.member + audiences(2000)), "control characters": c("1 E\x00 2 m pub\x00lic"),
		"partial beyond its base": c("1 " + p.epochNow() + " 1 " + p.member + " public=1.4"),
	}
}

func (p *phone) epochNow() (epoch string) {
	must(p.t, p.app.DB().NewQuery("SELECT epoch FROM sync_meta").Row(&epoch))
	return epoch
}

func audiences(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " host/%015d", i)
	}
	return b.String()
}

func gzipped(t *testing.T, raw []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(raw)
	must(t, err)
	must(t, z.Close())
	return b.String()
}

// changed is body as text with another value for a field. It is put together by
// hand, for values that no encoder would write.
func changed(body map[string]any, field string, value any) string {
	var b strings.Builder
	b.WriteString("{")
	for k, v := range body {
		if k == field {
			v = value
		}
		raw, broken := v.(json.RawMessage)
		if !broken {
			raw, _ = json.Marshal(v) // maps, texts and numbers always encode
		}
		fmt.Fprintf(&b, "%q:%s,", k, raw)
	}
	return strings.TrimSuffix(b.String(), ",") + "}"
}
