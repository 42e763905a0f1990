package openreferral_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/internal/limits"
	"kith/internal/openreferral"
	"kith/internal/text"
)

// realData is a file that may be read in tests but not copied into the project.
func realData(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../../shared/data", name))
	if os.IsNotExist(err) {
		t.Skipf("the real data is not here: %s", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t testing.TB, data string) openreferral.Feed {
	t.Helper()
	page, err := openreferral.Parse([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return openreferral.Read(page.Items)
}

// one reads a single service and expects it to be kept.
func one(t *testing.T, service string) (openreferral.Listing, openreferral.Feed) {
	t.Helper()
	feed := read(t, "["+service+"]")
	if len(feed.Listings) != 1 || len(feed.Refused) != 0 {
		t.Fatalf("%s: %d kept, refused %+v", service, len(feed.Listings), feed.Refused)
	}
	return feed.Listings[0], feed
}

func codes(feed openreferral.Feed) (codes []string) {
	for _, w := range feed.Warnings {
		codes = append(codes, w.Code)
	}
	return codes
}

func TestBristol_EveryServiceIsKeptOrRefusedByName(t *testing.T) {
	feed := read(t, string(realData(t, "feeds/bristol_oruk1_services_2024-12-18.json")))
	if feed.Read != 819 || len(feed.Listings)+len(feed.Refused) != 819 || len(feed.Seen) != 818 {
		t.Fatalf("read %d, kept %d, refused %d, ids %d", feed.Read, len(feed.Listings), len(feed.Refused), len(feed.Seen))
	}
	want := []openreferral.Refusal{
		{Row: 1, ID: "def5ccd4-f121-df4d-60d2-4dc0d69ff555", Reason: openreferral.NameMissing},
		{ID: "2af617e5-4532-bebe-1036-ffdf2e93ce55", Name: "Yoga for Fitness & Relaxation", Reason: openreferral.DuplicateID},
	}
	for i, refused := range feed.Refused {
		want[1].Row = refused.Row
		if i > 1 || refused.ID != want[i].ID || refused.Name != want[i].Name || refused.Reason != want[i].Reason {
			t.Errorf("refused %+v", refused)
		}
	}
	if len(feed.Organisations) != 594 {
		t.Errorf("%d organisations, want 594", len(feed.Organisations))
	}
	without := 0
	for _, l := range feed.Listings {
		if l.Organisation == "" {
			without++
		}
		if l.Prices != nil || l.Place != "" || l.Schedule != nil {
			t.Errorf("%s: prices, a place or times that the feed doesn't have", l.Title)
		}
	}
	if without != 6 {
		t.Errorf("%d listings without an organisation, want 6: the seventh has no name", without)
	}
}

func TestBristol_GivesSafeTextWithinTheLimits(t *testing.T) {
	feed := read(t, string(realData(t, "feeds/bristol_oruk1_services_2024-12-18.json")))
	lift := false
	for _, l := range feed.Listings {
		if got, err := text.Line(l.Title, limits.ShortText); err != nil || got != l.Title {
			t.Errorf("title %q: %v", l.Title, err)
		}
		if got, err := text.Block(l.Description, limits.Description); err != nil || got != l.Description {
			t.Errorf("description of %s: %v", l.Title, err)
		}
		if strings.ContainsAny(l.Description, "<") && strings.Contains(l.Description, "</") {
			t.Errorf("markup in the description of %s", l.Title)
		}
		if strings.Contains(l.Description, "The Celestine Centre is a fully") {
			// 145,411 characters of HTML: a page of text and a picture in base64.
			lift = strings.Contains(l.Description, "A through floor lift") && len(l.Description) < 2000
		}
		if c := l.Contact; c != nil && strings.ContainsAny(c.Email+c.URL, "\u00a0 ") {
			t.Errorf("space in %q or %q", c.Email, c.URL)
		}
	}
	if !lift {
		t.Error("the words around the picture of 145,000 characters were lost, or the picture was not")
	}
	found := map[string]bool{}
	for _, w := range feed.Warnings {
		if w.Code != "url_invalid" {
			t.Errorf("unexpected warning %+v", w)
		}
		found[w.Detail] = true
	}
	if len(found) != 2 || !found["Warmley Community Centre"] || !found["Motor Neurone Disease Association"] {
		t.Errorf("addresses that were left out: %v", found)
	}
}

func TestMock3_0_KeepsWhatTheServiceSays(t *testing.T) {
	feed := read(t, string(realData(t, "oruk/mocks/V3.0-UK-Default/service_full.json")))
	if len(feed.Listings) != 1 || len(feed.Places) != 1 || len(feed.Organisations) != 1 {
		t.Fatalf("%+v", feed)
	}
	l := feed.Listings[0]
	if l.Title != "Community Counselling" || l.Status != "active" || l.Checked != "2005-01-01" || l.WhoComes != "Ages 12 to 100" {
		t.Errorf("%+v", l)
	}
	who := "Under 18s and Over 60s, per 1 hour session, from 1 January"
	if l.Prices.Mode != "fixed" || len(l.Prices.Amounts) != 1 || l.Prices.Amounts[0] != (openreferral.Amount{Pence: 3500, Who: who}) ||
		l.Prices.Why != "fees_description" || !strings.Contains(l.Description, "Price: 35, "+who+" 2020 to 31 December 2022") {
		t.Errorf("prices %+v", l.Prices)
	}
	if *l.Contact != (openreferral.Contact{Name: "Ann Persona (Reception Manager)", Email: "email@example.com", URL: "http://example.com/counselling"}) {
		t.Errorf("contact %+v", l.Contact)
	}
	// Its schedule ended on a Saturday, before any Thursday: it is kept in words.
	if l.Schedule != nil || !strings.Contains(l.Description, "When: weekly, TH,FR, 2,3,4, 10:00:00–18:00:00, from 2005-01-01, until 2005-01-01") {
		t.Errorf("schedule %+v, description %q", l.Schedule, l.Description)
	}
	for _, said := range []string{"Following COVID-19", "trained professionals", "Getting in: The building is equipped", "Accreditations: All of our"} {
		if !strings.Contains(l.Description, said) {
			t.Errorf("the description lost %q", said)
		}
	}
	p := feed.Places[0]
	if p.Name != "MyCity Civic Center" || p.Address != "1-30 Main Street, MyCity, MyRegion, MyState" || p.Postcode != "ABC 1234" || p.Lat != 0 || len(p.Access) != 0 {
		t.Errorf("place %+v", p)
	}
	if !slices.Contains(codes(feed), "position_invalid") {
		t.Errorf("latitude 100 was taken without a word: %v", feed.Warnings)
	}
}

func TestRead_RefusesByName(t *testing.T) {
	feed := read(t, `[
		{"id":"a","name":"One"}, {"name":"One","id":"a"}, {"id":"a","name":"Other"}, {"id":"b","name":" <p>&nbsp;</p>"},
		{"name":"No id"}, {"id":"c\u202e","name":"Hidden"}, {"id":"`+strings.Repeat("x", 201)+`","name":"Long"}, 7, null, "x",
		{"id":"d","name":["x"]}, {"id":"e","name":"Gone","status":"deleted"}, {"id":12,"name":"Number"}, {"id":"b","name":"Named now"}]`)
	var got []string
	for _, refused := range feed.Refused {
		got = append(got, refused.Reason)
	}
	want := []string{"repeated", "duplicate_id", "name_missing", "id_missing", "id_invalid", "id_invalid", "row_invalid", "row_invalid", "row_invalid", "row_invalid", "status_unknown"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if len(feed.Listings) != 3 || feed.Read != len(feed.Listings)+len(feed.Refused) {
		t.Errorf("read %d, kept %+v", feed.Read, feed.Listings)
	}
	for _, id := range []string{"a", "b", "d", "e", "12"} {
		if !feed.Seen[id] {
			t.Errorf("%s was in the feed", id)
		}
	}
}

func TestRead_MapsEveryStatus(t *testing.T) {
	for said, want := range map[string]string{"active": "active", "Active ": "active", "inactive": "ended", "defunct": "ended", "temporarily closed": "paused"} {
		if l, _ := one(t, `{"id":"a","name":"N","status":"`+said+`"}`); l.Status != want {
			t.Errorf("%s gives %s, want %s", said, l.Status, want)
		}
	}
}

func TestParse_RefusesWhatIsNoFeed(t *testing.T) {
	for name, data := range map[string]string{
		"nothing": "", "white space": " \n", "HTML": "<!DOCTYPE html><p>x", "words": "Not found", "an error object": `{"error":"boom"}`,
		"a message": `{"message":"Too many requests","status":429}`, "an empty object": "{}", "a list cut": `[{"id":"a","name":"N"},{"id":`,
		"a page cut": `{"contents":[{"id":"a"}`, "contents that are no list": `{"contents":{"a":1}}`, "no contents": `{"contents":null,"error":"x"}`,
		"two documents": `[] []`, "bytes that aren't UTF-8": "[\"\xff\"]", "a service with an error": `{"id":"a","name":"N","error":"x"}`,
		"depth": strings.Repeat("[", 20000),
	} {
		if page, err := openreferral.Parse([]byte(data)); err == nil {
			t.Errorf("%s was taken as a feed of %d", name, len(page.Items))
		}
	}
}

func TestParse_SaysWhatItFoundInstead(t *testing.T) {
	for data, says := range map[string]string{
		"<!DOCTYPE html>": "web page", "": "empty", "Not found": "not JSON", `{"message":"Too many\nrequests"}`: "it says: Too many requests", `[{"id":`: "cut",
	} {
		if _, err := openreferral.Parse([]byte(data)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", data, err, says)
		}
	}
}

func TestParse_KnowsThePagesOfBothVersions(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want openreferral.Page
	}{
		"3.0":    {`{"total_items":20,"total_pages":4,"page_number":1,"size":5,"first_page":true,"last_page":false,"contents":[]}`, openreferral.Page{Paged: true, Number: 1, Pages: 4, Total: 20, First: true}},
		"1.0":    {`{"totalElements":819,"totalPages":17,"number":0,"first":"true","last":false,"content":[]}`, openreferral.Page{Paged: true, Pages: 17, Total: 819, First: true}},
		"a list": {"\ufeff []", openreferral.Page{First: true, Last: true}},
	} {
		page, err := openreferral.Parse([]byte(c.data))
		if page.Items = nil; err != nil || page.Paged != c.want.Paged || page.Number != c.want.Number || page.Pages != c.want.Pages ||
			page.Total != c.want.Total || page.First != c.want.First || page.Last != c.want.Last {
			t.Errorf("%s: %+v, %v; want %+v", name, page, err, c.want)
		}
	}
}

func FuzzOpenReferral(f *testing.F) {
	for _, seed := range []string{
		`[{"id":"a","name":"N","url":"x","assured_date":"2020-01-01"}]`, `{"contents":[{"id":1,"name":"N"}],"total_pages":"2"}`, `[null,7,"x",[]]`,
		`[{"id":"a","name":"N","schedules":[{"freq":"MONTHLY","byday":"2MO","dtstart":"2024-01-08","opens_at":"10:00","closes_at":"12:00","until":"2030-01-01"}]}]`,
		`[{"id":"a","name":"N","cost_options":[{"amount":"1e9"}],"languages":[{"code":"cy"}],"contacts":[{"phones":[{"number":"0117"}]}]}]`,
		`{"id":"a","name":"N","service_at_locations":[{"location":{"id":"p","addresses":[{"address_1":"x"}],"latitude":"NaN","longitude":"0"}}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		page, err := openreferral.Parse(data)
		if err != nil {
			return
		}
		feed := openreferral.Read(page.Items)
		if feed.Read != len(page.Items) || feed.Read != len(feed.Listings)+len(feed.Refused) {
			t.Fatalf("read %d of %d, kept %d, refused %d", feed.Read, len(page.Items), len(feed.Listings), len(feed.Refused))
		}
		ids := map[string]bool{}
		for _, l := range feed.Listings {
			if l.SourceID == "" || l.Title == "" || ids[l.SourceID] {
				t.Fatalf("%+v", l)
			}
			ids[l.SourceID] = true
			if got, err := text.Block(l.Description, limits.Description); err != nil || got != l.Description {
				t.Fatalf("description %q: %v", l.Description, err)
			}
			if err := l.Schedule.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
