package fake

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// sent is what of a message the fake needs to know.
type sent struct {
	to     string
	fid    bool
	dryRun bool
	data   map[string]string
}

// maxData is what keys and values of data may be together.
const maxData = 4096

// dataReserved are keys that Google uses itself.
var dataReserved = regexp.MustCompile(`^(from|message_type|google.*|gcm.*)$`)

// address is what fids and tokens are made of.
var address = regexp.MustCompile(`^[A-Za-z0-9_:.-]+$`)

// fields are those that Google knows of a message.
var fields = []string{"name", "data", "notification", "android", "webpush", "apns", "fcm_options", "fid", "token", "topic", "condition"}

// parse reads a body, and says what Google would say of it if it is wrong.
func parse(body []byte) (*sent, *Answer) {
	wrong := func(field, says string) (*sent, *Answer) {
		a := failure(400, "INVALID_ARGUMENT", says, badRequest(field, says))
		return nil, &a
	}
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		a := failure(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unexpected token.", "")
		return nil, &a
	}
	m := &sent{data: map[string]string{}}
	for name := range top {
		if name != "message" && name != "validate_only" {
			return wrong("", fmt.Sprintf("Invalid JSON payload received. Unknown name %q: Cannot find field.", name))
		}
	}
	_ = json.Unmarshal(top["validate_only"], &m.dryRun)
	var msg map[string]json.RawMessage
	if json.Unmarshal(top["message"], &msg) != nil {
		return wrong("message", "Recipient of the message is not set.")
	}
	for name := range msg {
		if !slices.Contains(fields, name) {
			return wrong("message", fmt.Sprintf("Invalid JSON payload received. Unknown name %q at 'message': Cannot find field.", name))
		}
	}
	if a := m.target(msg); a != nil {
		return nil, a
	}
	if a := m.payload(msg); a != nil {
		return m, a
	}
	return m, nil
}

// target reads whom it is for: exactly one of four.
func (m *sent) target(msg map[string]json.RawMessage) *Answer {
	count := 0
	for _, name := range []string{"fid", "token", "topic", "condition"} {
		raw, ok := msg[name]
		if !ok {
			continue
		}
		count++
		_ = json.Unmarshal(raw, &m.to)
		m.fid = name == "fid"
		if (name == "fid" || name == "token") && !address.MatchString(m.to) {
			a := InvalidToken()
			return &a
		}
	}
	if count == 1 {
		return nil
	}
	says := "Recipient of the message is not set."
	if count > 1 {
		says = "Invalid value (oneof), oneof field 'target' is already set."
	}
	a := failure(400, "INVALID_ARGUMENT", says, badRequest("message", says))
	return &a
}

// payload checks the parts that Kith could get wrong: data, and the headers of Web Push.
func (m *sent) payload(msg map[string]json.RawMessage) *Answer {
	wrong := func(field, says string) *Answer {
		a := failure(400, "INVALID_ARGUMENT", says, badRequest(field, says))
		return &a
	}
	if raw, ok := msg["data"]; ok && json.Unmarshal(raw, &m.data) != nil {
		a := InvalidPayload()
		return &a
	}
	size := 0
	for k, v := range m.data {
		size += len(k) + len(v)
		if dataReserved.MatchString(k) {
			return wrong("message.data", "Invalid data payload key: "+k)
		}
	}
	if size > maxData {
		a := TooBig()
		return &a
	}
	var web struct {
		Headers map[string]string `json:"headers"`
	}
	if raw, ok := msg["webpush"]; ok && json.Unmarshal(raw, &web) != nil {
		return wrong("message.webpush", "Invalid value at 'message.webpush.headers[0].value' (TYPE_STRING)")
	}
	if ttl, ok := web.Headers["TTL"]; ok {
		if n, err := strconv.Atoi(ttl); err != nil || n < 0 || n > 2419200 {
			return wrong("message.webpush.headers", "Invalid TTL")
		}
	}
	return nil
}
