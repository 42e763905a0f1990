package calendar

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rickar/cal/v2/gb"
)

// calNames has our names for those of the library, where they differ.
var calNames = map[string]string{
	"Early May":                     "Early May bank holiday",
	"VE Day":                        "Early May bank holiday", // of 2020, moved by proclamation
	"Spring Bank Holiday":           "Spring bank holiday",
	"Summer Bank Holiday":           "Summer bank holiday",
	"Platinum Jubilee Bank Holiday": "Platinum Jubilee bank holiday",
}

func TestBankHolidays_HaveWhatTheCalLibraryHas(t *testing.T) {
	known := map[string]bool{}
	for year := 2018; year <= 2036; year++ {
		for _, holiday := range gb.Holidays {
			actual, observed := holiday.Calc(year)
			if actual.IsZero() {
				continue
			}
			for _, at := range []time.Time{actual, observed} {
				date := at.Format(time.DateOnly)
				known[date] = true
				want := holiday.Name
				if ours, ok := calNames[want]; ok {
					want = ours
				}
				got := bankHolidays[date]
				// When Christmas Day is a Sunday, the library calls the 26th its
				// substitute; gov.uk leaves Boxing Day in its place.
				christmas := strings.HasSuffix(date, "-12-26") || strings.HasSuffix(date, "-12-27")
				if got != want && !(christmas && got != "") {
					t.Errorf("%s: %q, the library says %q", date, got, want)
				}
			}
		}
	}
	for date, name := range bankHolidays {
		if !known[date] && name != "State Funeral of Queen Elizabeth II" { // not in the library
			t.Errorf("%s %s: the library does not know it", date, name)
		}
	}
}

func TestBankHolidays_HaveTheYearsThatWereNotAsUsual(t *testing.T) {
	want := map[string]string{
		"2020-05-04": "", "2020-05-08": "Early May bank holiday",
		"2022-05-30": "", "2022-06-02": "Spring bank holiday", "2022-06-03": "Platinum Jubilee bank holiday",
		"2022-09-19": "State Funeral of Queen Elizabeth II",
		"2023-05-01": "Early May bank holiday", "2023-05-08": "Coronation of King Charles III",
		"2021-12-25": "Christmas Day", "2021-12-27": "Christmas Day", "2021-12-28": "Boxing Day",
		"2022-12-26": "Boxing Day", "2022-12-27": "Christmas Day", "2022-01-03": "New Year's Day",
		"2020-12-26": "Boxing Day", "2020-12-28": "Boxing Day",
	}
	for date, name := range want {
		if bankHolidays[date] != name {
			t.Errorf("%s: %q, want %q", date, bankHolidays[date], name)
		}
	}
}

func TestBankHolidays_AreSortedWithEachDateOnce(t *testing.T) {
	year, last, dates := "", "", 0
	for _, m := range regexp.MustCompile(`"(?:(\d{4})|(\d\d-\d\d))":`).FindAllStringSubmatch(string(bankHolidaysJSON), -1) {
		if m[1] != "" {
			year = m[1]
			continue
		}
		date := year + "-" + m[2]
		if date <= last {
			t.Errorf("%s comes after %s", date, last)
		}
		last, dates = date, dates+1
	}
	if dates != len(bankHolidays) || dates < 150 {
		t.Errorf("%d dates in the file, %d were read", dates, len(bankHolidays))
	}
	if names := BankHolidayNames(); !slices.IsSorted(names) || len(names) != 11 {
		t.Errorf("names %q", names)
	}
}
