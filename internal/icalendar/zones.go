package icalendar

import (
	"strings"

	"kith/internal/calendar"
)

// windowsZones are the names that Outlook and Exchange write, after Unicode
// CLDR's windowsZones.xml (territory 001), for the zones that a feed about a
// place in Britain has been seen or can be expected to carry.
var windowsZones = map[string]string{
	"gmt standard time":               "Europe/London",
	"greenwich standard time":         "Atlantic/Reykjavik",
	"w. europe standard time":         "Europe/Berlin",
	"romance standard time":           "Europe/Paris",
	"central europe standard time":    "Europe/Budapest",
	"central european standard time":  "Europe/Warsaw",
	"e. europe standard time":         "Europe/Chisinau",
	"fle standard time":               "Europe/Kiev",
	"gtb standard time":               "Europe/Bucharest",
	"turkey standard time":            "Europe/Istanbul",
	"russian standard time":           "Europe/Moscow",
	"israel standard time":            "Asia/Jerusalem",
	"south africa standard time":      "Africa/Johannesburg",
	"w. central africa standard time": "Africa/Lagos",
	"e. africa standard time":         "Africa/Nairobi",
	"arab standard time":              "Asia/Riyadh",
	"arabian standard time":           "Asia/Dubai",
	"pakistan standard time":          "Asia/Karachi",
	"india standard time":             "Asia/Kolkata",
	"bangladesh standard time":        "Asia/Dhaka",
	"china standard time":             "Asia/Shanghai",
	"tokyo standard time":             "Asia/Tokyo",
	"aus eastern standard time":       "Australia/Sydney",
	"new zealand standard time":       "Pacific/Auckland",
	"atlantic standard time":          "America/Halifax",
	"eastern standard time":           "America/New_York",
	"central standard time":           "America/Chicago",
	"mountain standard time":          "America/Denver",
	"pacific standard time":           "America/Los_Angeles",
	"utc":                             "UTC",
	"gmt":                             "UTC",
	"gb":                              "Europe/London",
	"z":                               "UTC",
}

// zoneOf finds the IANA name that a TZID means. vtimezones has the zones that
// the file itself says are the same as an IANA zone. It returns false for a
// name that nobody knows, rather than guess a time.
func zoneOf(tzid string, vtimezones map[string]string) (string, bool) {
	tzid = strings.Trim(strings.TrimSpace(tzid), `"`)
	if name, ok := windowsZones[strings.ToLower(tzid)]; ok {
		return name, true
	}
	// "/citadel.org/20210210_1/Europe/London": libical puts a path in front.
	for rest, more := tzid, true; more; _, rest, more = strings.Cut(rest, "/") {
		if _, ok := calendar.Zone(rest); ok {
			return rest, true
		}
	}
	// "(UTC+00:00) Dublin, Edinburgh, Lisbon, London": Windows' name on screen.
	if strings.HasPrefix(tzid, "(") && strings.Contains(tzid, "Edinburgh") {
		return defaultZone, true
	}
	name, ok := vtimezones[tzid]
	return name, ok
}
