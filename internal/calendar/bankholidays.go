package calendar

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
)

// The bank holidays of England and Wales, 2018 to 2036. Dates up to the
// present are facts from https://www.gov.uk/bank-holidays (Open Government
// Licence v3.0); later ones follow the Banking and Financial Dealings Act 1971
// and change if a proclamation moves one.
//
// When Christmas Day, Boxing Day or New Year's Day falls on a weekend, both
// the day itself and its substitute are there under the day's name: a Saturday
// club that is closed on Christmas Day means 25 December.
//
//go:embed bankholidays.json
var bankHolidaysJSON []byte

// EveryBankHoliday in closedOn stands for all of them.
const EveryBankHoliday = "*"

var (
	bankHolidays     = readBankHolidays()
	bankHolidayNames = slices.Compact(slices.Sorted(maps.Values(bankHolidays)))
)

// readBankHolidays gives name by date ("2026-12-25"). It panics if the
// embedded file is broken, which the tests find before anybody else does.
func readBankHolidays() map[string]string {
	var years map[string]map[string]string
	if err := json.Unmarshal(bankHolidaysJSON, &years); err != nil {
		panic("calendar: bankholidays.json: " + err.Error())
	}
	names := map[string]string{}
	for year, days := range years {
		for day, name := range days {
			names[year+"-"+day] = name
		}
	}
	return names
}

// BankHolidayNames gives the names that closedOn may have, sorted.
func BankHolidayNames() []string {
	return slices.Clone(bankHolidayNames)
}

// closedFor gives the name of the bank holiday in closedOn that falls on the
// day of key, or "".
func closedFor(closedOn []string, key string) string {
	if len(closedOn) == 0 {
		return ""
	}
	name := bankHolidays[key[:len("2006-01-02")]]
	if slices.Contains(closedOn, name) || slices.Contains(closedOn, EveryBankHoliday) {
		return name
	}
	return ""
}
