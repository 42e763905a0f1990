package openreferral_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kith/internal/limits"
)

func TestRead_MendsAddressesOnlyWhenSure(t *testing.T) {
	for found, want := range map[string]string{
		"http://example.org/a?b=c":      "http://example.org/a?b=c",
		"www.example.org":               "https://www.example.org",
		"example.org/club":              "https://example.org/club",
		" https://example.org \u00a0":   "https://example.org",
		"http:www.example.org":          "http://www.example.org",
		"https:/example.org":            "https://example.org",
		"Warmley Community Centre":      "",
		"javascript:alert(1)":           "",
		"ftp://example.org":             "",
		"https://user:pass@example.org": "",
		"https://example.org/a b":       "",
		"http://localhost":              "",
		"jo@example.org":                "",
	} {
		service, _ := json.Marshal(map[string]string{"id": "a", "name": "N", "url": found})
		l, feed := one(t, string(service))
		got := ""
		if l.Contact != nil {
			got = l.Contact.URL
		}
		if got != want || got != l.SourceURL {
			t.Errorf("%q gives %q and %q, want %q", found, got, l.SourceURL, want)
		}
		if want == "" && (!slices.Contains(codes(feed), "url_invalid") || !strings.Contains(l.Description, "Web: "+strings.TrimSpace(found))) {
			t.Errorf("%q was lost: %q %v", found, l.Description, feed.Warnings)
		}
	}
}

func TestRead_CleansMailAddresses(t *testing.T) {
	for found, want := range map[string]string{
		"\u00a0jo@example.org\u00a0": "jo@example.org", "jo@example.org.": "jo@example.org", "jo o'b@example.org": "", "jo": "", "a@b": "",
	} {
		service, _ := json.Marshal(map[string]string{"id": "a", "name": "N", "email": found})
		l, feed := one(t, string(service))
		if want == "" {
			if l.Contact != nil || !strings.Contains(l.Description, "Email: "+found) || !slices.Contains(codes(feed), "email_invalid") {
				t.Errorf("%q: %+v %q", found, l.Contact, l.Description)
			}
		} else if l.Contact == nil || l.Contact.Email != want {
			t.Errorf("%q gives %+v, want %q", found, l.Contact, want)
		}
	}
}

func TestRead_TakesNumbersThatCanBeDialled(t *testing.T) {
	l, feed := one(t, `{"id":"a","name":"N","status":"active","phones":[{"number":"see website"},{"number":"0117 496 0000","extension":"12"},{"number":"+44 (0)117"}]}`)
	if l.Contact == nil || l.Contact.Phone != "0117 496 0000" || !slices.Equal(codes(feed), []string{"phone_invalid"}) {
		t.Errorf("%+v %v", l.Contact, feed.Warnings)
	}
	if l.Description != "Phone: see website\n\nPhone: 0117 496 0000 extension 12\n\nPhone: +44 (0)117" {
		t.Errorf("%q", l.Description)
	}
}

func TestRead_KeepsALongNameInWords(t *testing.T) {
	name := strings.TrimSpace(strings.Repeat("lunch ", 30))
	l, feed := one(t, `{"id":"a","name":"`+name+`","status":"active","description":"Soup"}`)
	if len(l.Title) > limits.Title || l.Description != name+"\n\nSoup" || !slices.Equal(codes(feed), []string{"name_cut"}) {
		t.Errorf("%q %q %v", l.Title, l.Description, feed.Warnings)
	}
}

func TestRead_CutsALongDescriptionAtAParagraph(t *testing.T) {
	paragraph := "<p>" + strings.Repeat("word ", 200) + "</p>"
	l, feed := one(t, `{"id":"a","name":"N","url":"https://example.org","attending_access":"Drop-in","description":"`+strings.Repeat(paragraph, 145)+`"}`)
	if n := utf8.RuneCountInString(l.Description); n > limits.Description || n < limits.Description-1200 {
		t.Errorf("%d characters", n)
	}
	if !strings.HasSuffix(l.Description, "word\n\nHow to take part: Drop-in") {
		t.Errorf("ends in %q", l.Description[len(l.Description)-60:])
	}
	if !slices.Equal(codes(feed), []string{"status_missing", "description_cut"}) || l.SourceURL != "https://example.org" {
		t.Errorf("%v, %q", feed.Warnings, l.SourceURL)
	}
}

func TestRead_NeverInventsAPrice(t *testing.T) {
	for options, want := range map[string]string{
		``:                                       `null`,
		`"fees":"Free!"`:                         `{"mode":"free","amounts":[],"firstFree":false,"why":""}`,
		`"fees":"Free for members, else £5"`:     `{"mode":"unknown","amounts":[],"firstFree":false,"why":"Free for members, else £5"}`,
		`"cost_options":[{"id":"x","amount":0}]`: `{"mode":"free","amounts":[{"pence":0,"who":""}],"firstFree":false,"why":""}`,
		`"cost_options":[{"amount":2.5},{"amount":0}]`:          `{"mode":"fixed","amounts":[{"pence":250,"who":""},{"pence":0,"who":""}],"firstFree":false,"why":""}`,
		`"cost_options":[{"amount":"£3.20","option":"Adults"}]`: `{"mode":"fixed","amounts":[{"pence":320,"who":"Adults"}],"firstFree":false,"why":""}`,
		`"cost_options":[{"option":"Members","amount":null}]`:   `{"mode":"unknown","amounts":[],"firstFree":false,"why":"Members"}`,
		`"cost_options":[{"amount":5,"currency":"EUR"}]`:        `{"mode":"unknown","amounts":[],"firstFree":false,"why":"5 EUR"}`,
		`"cost_options":[{"amount":-1},{"amount":0.001}]`:       `{"mode":"unknown","amounts":[],"firstFree":false,"why":"-1 0.001"}`,
		`"cost_options":[{"amount":"1e999"},{"amount":"9/3"}]`:  `{"mode":"unknown","amounts":[],"firstFree":false,"why":"1e999 9/3"}`,
	} {
		l, _ := one(t, strings.TrimSuffix(`{"id":"a","name":"N",`+options, ",")+"}")
		got, _ := json.Marshal(l.Prices)
		if string(got) != want {
			t.Errorf("%s\n got %s\nwant %s", options, got, want)
		}
	}
}

func TestRead_PromisesAccessOnlyWhenItIsSaidPlainly(t *testing.T) {
	l, feed := one(t, `{"id":"a","name":"N","service_at_locations":[{"location":{"id":"p","name":"Hall","accessibility":[
		{"description":"Wheelchair access."},{"accessibility":"Hearing loop","description":"No wheelchair access to the toilet"}]}}]}`)
	if !slices.Equal(l.Access, []string{"stepFree", "hearingLoop"}) || !slices.Equal(feed.Places[0].Access, l.Access) {
		t.Errorf("access %v", l.Access)
	}
	if l.Description != "Getting in: No wheelchair access to the toilet" {
		t.Errorf("description %q", l.Description)
	}
}

func TestRead_KeepsFurtherPlacesInWords(t *testing.T) {
	l, feed := one(t, `{"id":"a","name":"N","service_at_locations":[
		{"location":{"id":"v","location_type":"virtual","name":"Zoom"}},
		{"location":{"name":"Nameless id","addresses":[{"address_1":"1 High St","city":"Yate"}]}},
		{"location":{"id":"p","latitude":"51.5","longitude":-2.5,"addresses":[{"address_type":"postal","address_1":"PO 1"},{"address_type":"physical","address_1":"2 High St","city":"Yate","state_province":"Yate","postal_code":"BS37 1AA"}]}},
		{"location":{"id":"q","name":"Barn"}}]}`)
	if l.Place != "p" || l.Venue != "" || l.Description != "Online: Zoom\n\nAt: Nameless id, 1 High St, Yate\n\nAt: Barn" {
		t.Errorf("%q %q %q", l.Place, l.Venue, l.Description)
	}
	if p := feed.Places[0]; p.Name != "2 High St" || p.Address != "2 High St, Yate" || p.Postcode != "BS37 1AA" || p.Lat != 51.5 || p.Lon != -2.5 {
		t.Errorf("%+v", p)
	}
}

func TestRead_LeavesOutAPositionThatIsNone(t *testing.T) {
	for _, position := range []string{`"latitude":0,"longitude":0`, `"latitude":"0.0"`, `"latitude":51,"longitude":181`, `"latitude":"NaN","longitude":"1"`, `"latitude":"north"`} {
		_, feed := one(t, `{"id":"a","name":"N","status":"active","service_at_locations":[{"location":{"id":"p","name":"Hall",`+position+`}}]}`)
		if p := feed.Places[0]; p.Lat != 0 || p.Lon != 0 || !slices.Equal(codes(feed), []string{"position_invalid"}) {
			t.Errorf("%s: %+v %v", position, p, feed.Warnings)
		}
	}
}

func TestRead_TakesLanguagesByCodeAndByName(t *testing.T) {
	l, feed := one(t, `{"id":"a","name":"N","languages":[{"code":"pl"},{"name":"Somali"},{"language":"English"},{"name":"BSL"},{"name":"polish"},{"name":"Double Dutch"},{"id":"x"}]}`)
	if !slices.Equal(l.Languages, []string{"pl", "so", "en", "bfi"}) || l.Description != "Languages: Double Dutch" {
		t.Errorf("%v %q", l.Languages, l.Description)
	}
	if !slices.Contains(codes(feed), "language_unknown") {
		t.Error(feed.Warnings)
	}
}

func TestRead_ReportsAnOrganisationThatDiffers(t *testing.T) {
	feed := read(t, `[{"id":"a","name":"N","organization":{"id":"o","name":"Org"}},{"id":"b","name":"M","organization":{"id":"o","name":"Other"}},
		{"id":"c","name":"L","organization":{"name":"Idless"}},{"id":"d","name":"K","organization":[]}]`)
	if len(feed.Organisations) != 1 || feed.Organisations[0].Name != "Org" || feed.Listings[1].Organisation != "o" || feed.Listings[2].Description != "Run by: Idless" {
		t.Errorf("%+v", feed)
	}
	if got := codes(feed); !slices.Contains(got, "organisation_differs") || !slices.Contains(got, "organisation_incomplete") {
		t.Error(got)
	}
}
