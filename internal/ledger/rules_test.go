package ledger

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func set(t *testing.T, s string) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRules_WhatIsStoredBrokenIsAsByDefault(t *testing.T) {
	for _, stored := range []string{"", "null", "{", `{"stampsPerDay":0}`, `{"voucherDays":61}`} {
		if got := Read(stored); got != Defaults() {
			t.Errorf("%s gives %+v", stored, got)
		}
	}
	if got := Read(`{"stampsPerDay":3}`); got.StampsPerDay != 3 || got.VoucherDays != 60 {
		t.Errorf("one rule gives %+v", got)
	}
}

func TestRules_EveryNameCanBeChangedWithinItsBounds(t *testing.T) {
	var names map[string]json.RawMessage
	raw, err := json.Marshal(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &names); err != nil {
		t.Fatal(err)
	}
	d := Defaults()
	if len(names) != len(d.fields()) {
		t.Fatalf("%d rules are stored and %d can be changed", len(names), len(d.fields()))
	}
	for name, value := range names {
		if got, err := Defaults().Change(map[string]json.RawMessage{name: value}); err != nil || got != Defaults() {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Defaults().Change(map[string]json.RawMessage{name: json.RawMessage("99999")}); err == nil || errors.Is(err, ErrShape) {
			t.Errorf("%s can be 99999", name)
		}
	}
}

func TestRules_RefuseWhatTheyAreNot(t *testing.T) {
	for _, s := range []string{`{}`, `{"nosuch":1}`, `{"stampsPerDay":"2"}`, `{"stampsPerDay":null}`, `{"stampsPerDay":1.5}`} {
		if _, err := Defaults().Change(set(t, s)); !errors.Is(err, ErrShape) {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{`{"voucherDays":62}`, `{"printedPerDay":3}`, `{"minutesApart":-1}`} {
		if _, err := Defaults().Change(set(t, s)); err == nil || errors.Is(err, ErrShape) {
			t.Errorf("%s: %v", s, err)
		}
	}
	d := Defaults()
	if _, err := d.Change(set(t, `{"stampsPerDay":4}`)); err != nil || d != Defaults() {
		t.Errorf("a change changes what it came from: %v", err)
	}
}

func TestHours_AreWhatAShopSaysWithHalfAnHourOfSlack(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	h, err := ReadHours([]byte(`{"mon":[["09:00","12:30"],["14:00","17:00"]],"sat":[["22:00","24:00"]]}`))
	if err != nil {
		t.Fatal(err)
	}
	for at, open := range map[string]bool{
		"2026-06-01T09:00": true, "2026-06-01T08:30": true, "2026-06-01T08:29": false, "2026-06-01T13:15": false, "2026-06-01T12:59": true,
		"2026-06-01T17:29": true, "2026-06-01T17:31": false, "2026-06-02T10:00": false, "2026-06-06T23:59": true, "2026-06-07T00:10": true,
	} {
		when, err := time.ParseInLocation("2006-01-02T15:04", at, zone)
		if err != nil {
			t.Fatal(err)
		}
		if h.Open(when) != open {
			t.Errorf("at %s open is %v", at, !open)
		}
	}
	if !(Hours{}).Open(time.Now()) {
		t.Error("a shop that says nothing is shut")
	}
}

func TestHours_RefuseWhatIsNone(t *testing.T) {
	for _, s := range []string{
		`null`, `[]`, `{"MO":[]}`, `{"mon":[["9:00","17:00"]]}`, `{"mon":[["17:00","09:00"]]}`, `{"mon":[["09:00","09:00"]]}`, `{"mon":[["09:00"]]}`,
		`{"mon":[["09:00","12:00"],["11:00","13:00"]]}`, `{"mon":[["24:00","25:00"]]}`, `{"n m":[]}`, `{"mon":[["00:00","01:00"],["02:00","03:00"],["04:00","05:00"],["06:00","07:00"]]}`,
	} {
		if _, err := ReadHours([]byte(s)); err == nil {
			t.Errorf("%s is taken", s)
		}
	}
	if h, err := ReadHours([]byte(`{"mon":[],"tue":[["09:00","09:30"],["09:30","10:00"]]}`)); err != nil || len(h["tue"]) != 2 {
		t.Errorf("hours are refused: %v", err)
	}
}
