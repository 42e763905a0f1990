package care_test

import (
	"encoding/json"
	"errors"
	"testing"

	"kith/internal/care"
)

func set(t *testing.T, raw string) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Ensure that only what a phone can dial is a phone number.
func TestPhone_IsWhatAPhoneCanDial(t *testing.T) {
	for in, out := range map[string]string{
		"999": "999", "116 123": "116 123", " 020  7946 0000 ": "020 7946 0000", "+44 20 7946 0000": "+44 20 7946 0000",
	} {
		if got, ok := care.Phone(in); !ok || got != out {
			t.Errorf("%q became %q, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "99", "ask Tom", "020 7946 0000 ext 3", "020-7946-0000", "44+20", "1234567890123456", "999\n111", "٩٩٩", "tel:999"} {
		if got, ok := care.Phone(in); ok {
			t.Errorf("%q became %q", in, got)
		}
	}
}

// Ensure that every setting can be changed by itself, within its bounds, and
// that what is refused says why or is no setting.
func TestChange_HoldsTheBounds(t *testing.T) {
	good := []string{
		`{"councilName":"Adult care"}`, `{"councilPhone":"020 7946 0001"}`, `{"councilPhone":""}`, `{"urgentName":"Duty phone","urgentPhone":"020 7946 0002"}`, `{"outOfHours":"We read this\nfrom nine."}`,
		`{"surgeryName":"Hollybush Surgery","surgeryPhone":"020 7946 0003"}`,
		`{"amberDays":2}`, `{"redDays":20}`, `{"unsentMinutes":60}`, `{"perHour":10}`, `{"perDay":50}`, `{"escalateMinutes":5}`, `{"phoneListMinutes":240}`, `{"amberDays":5,"redDays":5}`,
	}
	for _, raw := range good {
		if _, err := care.Defaults().Change(set(t, raw)); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{
		`{"councilPhone":"ask"}`, `{"urgentPhone":"1"}`, `{"surgeryPhone":"at the desk"}`, `{"surgeryName":"two\nlines"}`, `{"councilName":"two\nlines"}`, `{"amberDays":0}`, `{"amberDays":3}`, `{"redDays":21}`, `{"unsentMinutes":61}`, `{"perHour":0}`, `{"perHour":11}`,
		`{"perDay":51}`, `{"perDay":2}`, `{"escalateMinutes":4}`, `{"escalateMinutes":20}`, `{"phoneListMinutes":10}`, `{"phoneListMinutes":241}`,
	} {
		if _, err := care.Defaults().Change(set(t, raw)); err == nil || errors.Is(err, care.ErrShape) {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, raw := range []string{`{}`, `{"nosuch":1}`, `{"amberDays":"1"}`, `{"amberDays":1.5}`, `{"amberDays":null}`, `{"councilName":3}`, `{"councilName":null}`, `{"AMBERDAYS":1}`} {
		if _, err := care.Defaults().Change(set(t, raw)); !errors.Is(err, care.ErrShape) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// Ensure that settings which raw SQL broke are the defaults, and not none: an
// urgent concern must not wait for ever for a number that is missing.
func TestRead_FallsBackToTheDefaults(t *testing.T) {
	for _, stored := range []string{"", "null", "{", `{"escalateMinutes":0}`, `{"escalateMinutes":"soon"}`, `[]`} {
		if got := care.Read(stored); got != care.Defaults() {
			t.Errorf("%q: %+v", stored, got)
		}
	}
	if got := care.Read(`{"urgentPhone":"020 7946 0002"}`); got.UrgentPhone != "020 7946 0002" || got.EscalateMinutes != 10 {
		t.Errorf("%+v", got)
	}
}
