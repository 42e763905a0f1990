package seed

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"kith/internal/limits"
)

func load(t *testing.T) *town {
	t.Helper()
	loaded, err := readTown()
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// slugs gives the items by slug, and fails the test at one that comes twice.
func slugs[T any](t *testing.T, items []T, slug func(T) string) map[string]T {
	t.Helper()
	bySlug := map[string]T{}
	for _, item := range items {
		if _, twice := bySlug[slug(item)]; twice || slug(item) == "" {
			t.Errorf("the slug %q is empty or there twice", slug(item))
		}
		bySlug[slug(item)] = item
	}
	return bySlug
}

func (t *town) bySlug(tt *testing.T) (map[string]place, map[string]organisation, map[string]listing) {
	return slugs(tt, t.places, func(p place) string { return p.Slug }),
		slugs(tt, t.organisations, func(o organisation) string { return o.Slug }),
		slugs(tt, t.listings, func(l listing) string { return l.Slug })
}

// texts calls visit with every string anywhere in value.
func texts(value reflect.Value, visit func(string)) {
	switch value.Kind() {
	case reflect.String:
		visit(value.String())
	case reflect.Pointer:
		if !value.IsNil() {
			texts(value.Elem(), visit)
		}
	case reflect.Slice:
		for i := range value.Len() {
			texts(value.Index(i), visit)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			texts(value.Field(i), visit)
		}
	}
}

func TestTown_EveryReferenceLeadsSomewhere(t *testing.T) {
	town := load(t)
	places, organisations, listings := town.bySlug(t)
	for _, l := range town.listings {
		if _, ok := organisations[l.Organisation]; !ok {
			t.Errorf("%s: no organisation %q", l.Slug, l.Organisation)
		}
		if _, ok := places[l.Place]; !ok && l.Place != "" {
			t.Errorf("%s: no place %q", l.Slug, l.Place)
		}
		if l.Twin != "" && listings[l.Twin].Twin != l.Slug {
			t.Errorf("%s: its twin %q is not there, or has another twin", l.Slug, l.Twin)
		}
	}
	shops := map[string]bool{"": true}
	for _, s := range town.shops {
		if places[s.Place].Origin != "invented" {
			t.Errorf("%s: its place %q is not there, or is a real business", s.Slug, s.Place)
		}
		shops[s.Slug] = true
	}
	for _, p := range town.people {
		if helper := slices.IndexFunc(town.people, func(o person) bool { return o.Slug == p.Helper && !o.NoPhone }); p.Helper != "" && helper < 0 {
			t.Errorf("%s: nobody called %q who has a phone acts for them", p.Slug, p.Helper)
		}
		if !shops[p.Shop] {
			t.Errorf("%s: no shop %q", p.Slug, p.Shop)
		}
		for _, hosted := range p.Hosts {
			if listings[hosted].Contact.Name != p.FirstName {
				t.Errorf("%s hosts %q, which is not there or names somebody else", p.Slug, hosted)
			}
		}
	}
}

// Ensure that the demo has somebody of every role, a second coordinator to
// confirm what one alone can't, and somebody without a phone.
func TestTown_HasSomebodyOfEveryRole(t *testing.T) {
	count := map[string]int{}
	for _, p := range load(t).people {
		if p.NoPhone {
			count["without a phone"]++
		}
		if len(p.Roles) == 0 {
			count["resident"]++
		}
		for _, role := range p.Roles {
			count[role]++
			if inShop := role == "owner" || role == "staff"; inShop != (p.Shop != "") {
				t.Errorf("%s: owners and staff are of a shop, all others of none", p.Slug)
			}
		}
	}
	for what, least := range map[string]int{
		"resident": 1, "listener": 1, "activator": 1, "owner": 1, "staff": 1, "coach": 1, "surgery": 1, "coordinator": 2, "without a phone": 1,
	} {
		if count[what] < least {
			t.Errorf("%d of %s, wanted at least %d", count[what], what, least)
		}
	}
}

func TestTown_IsAsLargeAndAsVariedAsATown(t *testing.T) {
	town := load(t)
	count := map[string]int{}
	for _, l := range town.listings {
		count[l.Kind]++
		count[l.Status]++
		if l.Prices != nil {
			count[l.Prices.Mode]++
		}
		if l.Twin != "" {
			count["twinned"]++
		}
		if l.CheckedDaysAgo > 90 {
			count["stale"]++
		}
	}
	for what, least := range map[string]int{
		"group": 80, "event": 20, "service": 15, "notice": 5, "paused": 2,
		"free": 40, "donation": 10, "payWhatYouCan": 10, "fixed": 10, "twinned": 6, "stale": 4,
	} {
		if count[what] < least {
			t.Errorf("there are %d of %s, wanted at least %d", count[what], what, least)
		}
	}
	if len(town.places) < 90 || len(town.organisations) < 40 || len(town.listings) < 140 {
		t.Errorf("%d places, %d organisations, %d listings", len(town.places), len(town.organisations), len(town.listings))
	}
}

func TestTown_OnlyDramaPhonesAndExampleAddresses(t *testing.T) {
	phone := regexp.MustCompile(`\+?\d[\d \-]{6,}\d`)
	drama := regexp.MustCompile(`^(020 7946 0\d{3}|07700 900\d{3})$`)
	email := regexp.MustCompile(`^[a-z-]+@example\.org$`)
	link := regexp.MustCompile(`^https://example\.org(/[a-z-]+)?$`)
	check := func(text string) {
		for _, found := range phone.FindAllString(text, -1) {
			if !drama.MatchString(found) {
				t.Errorf("%q could be somebody's telephone", found)
			}
		}
		if strings.Contains(text, "@") && !email.MatchString(text) {
			t.Errorf("%q could be somebody's e-mail", text)
		}
		if strings.Contains(text, "http") && !link.MatchString(text) {
			t.Errorf("%q could be somebody's page", text)
		}
	}
	town := load(t)
	for _, o := range town.organisations {
		texts(reflect.ValueOf(o), check)
	}
	dates := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d$`)
	for _, l := range town.listings {
		texts(reflect.ValueOf(l), func(text string) {
			if !dates.MatchString(text) {
				check(text)
			}
		})
	}
}

func isReal(p place) bool {
	return strings.HasPrefix(p.Origin, "fhrs ") || strings.HasPrefix(p.Origin, "ods ")
}

func TestTown_RealBusinessesAndSurgeriesAreOnlyPlaces(t *testing.T) {
	town := load(t)
	places, _, _ := town.bySlug(t)
	var said strings.Builder
	for _, o := range town.organisations {
		texts(reflect.ValueOf(o), func(text string) { said.WriteString(text + "\n") })
	}
	for _, l := range town.listings {
		if isReal(places[l.Place]) {
			t.Errorf("%s meets in %s, which is real", l.Slug, places[l.Place].Name)
		}
		texts(reflect.ValueOf(l), func(text string) { said.WriteString(text + "\n") })
	}
	everything := strings.ToLower(said.String())
	for _, p := range town.places {
		if p.Origin != "invented" && len(p.Access) > 0 {
			t.Errorf("%s is real, and what it is like to come to isn't known", p.Name)
		}
		if isReal(p) && strings.Contains(everything, strings.ToLower(p.Name)) {
			t.Errorf("an organisation or a listing speaks of %s, which is real", p.Name)
		}
	}
}

func TestTown_InventedPlacesHaveNoRealLetterbox(t *testing.T) {
	outward := regexp.MustCompile(`^SE\d{1,2}$`)
	for _, p := range load(t).places {
		if p.Origin != "invented" {
			continue
		}
		if !outward.MatchString(p.Postcode) || strings.ContainsAny(p.Address, "0123456789") {
			t.Errorf("%s: %s, %s", p.Slug, p.Address, p.Postcode)
		}
	}
}

func TestTown_EveryPlaceIsNearTheCommunity(t *testing.T) {
	town := load(t)
	for _, p := range town.places {
		// a degree of latitude is 111 km, of longitude 69 km here
		north, east := (p.Lat-town.community.Lat)*111, (p.Lon-town.community.Lon)*69
		if north*north+east*east > 9 {
			t.Errorf("%s is %.1f km north and %.1f km east", p.Slug, north, east)
		}
	}
}

func TestTown_TextsAreWithinTheirLimitsAndWellFormed(t *testing.T) {
	town := load(t)
	within := func(slug, field, text string, least, most int) {
		if n := utf8.RuneCountInString(text); n < least || n > most {
			t.Errorf("%s: %s has %d characters, wanted %d to %d", slug, field, n, least, most)
		}
	}
	for _, l := range town.listings {
		within(l.Slug, "title", l.Title, 4, limits.Title)
		within(l.Slug, "summary", l.Summary, 20, 120)
		within(l.Slug, "description", strings.Join(l.Description, "\n\n"), 30, 1200)
		within(l.Slug, "room", l.Room, 0, 100)
		within(l.Slug, "whoComes", l.WhoComes, 0, 300)
		within(l.Slug, "contact", l.Contact.Name, 2, limits.FirstName)
		if l.Contact.Phone == "" && l.Contact.Email == "" {
			t.Errorf("%s: nobody can be reached", l.Slug)
		}
		if len(l.Description) > 5 {
			t.Errorf("%s: %d paragraphs", l.Slug, len(l.Description))
		}
	}
	for _, part := range []any{town.community.Name, town.community.Area, town.places, town.organisations, town.listings, town.shops, town.people} {
		texts(reflect.ValueOf(part), func(text string) {
			if strings.ContainsFunc(text, unicode.IsControl) || strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
				t.Errorf("%q has control characters or stray spaces", text)
			}
		})
	}
}

func TestTown_EverythingToGoToSaysWhatAFirstVisitIsLike(t *testing.T) {
	for _, l := range load(t).listings {
		if l.Kind == "notice" {
			continue
		}
		if l.FirstVisit == nil || l.FirstVisit.Meets == "" || l.FirstVisit.Happens == "" || l.WhoComes == "" {
			t.Errorf("%s: who comes, who meets you, what happens?", l.Slug)
		}
		if l.Prices == nil || l.Prices.Why == "" {
			t.Errorf("%s: what does it cost, and why?", l.Slug)
		} else if l.Prices.Mode == "fixed" && len(l.Prices.Amounts) == 0 {
			t.Errorf("%s: a fixed price without an amount", l.Slug)
		}
		if l.Venue == "" || len(l.Languages) == 0 || l.Room == "" {
			t.Errorf("%s: where is it, and in which language?", l.Slug)
		}
	}
}

func TestTown_NoTextIsThereTwice(t *testing.T) {
	seen := map[string]string{}
	once := func(slug, field, text string) {
		key := field + strings.ToLower(text)
		if other := seen[key]; other != "" && text != "" {
			t.Errorf("%s and %s have the same %s", slug, other, field)
		}
		seen[key] = slug
	}
	for _, l := range load(t).listings {
		once(l.Slug, "title", l.Title)
		once(l.Slug, "summary", l.Summary)
		for _, paragraph := range l.Description {
			once(l.Slug, "paragraph", paragraph)
		}
		if l.FirstVisit != nil {
			once(l.Slug, "what happens", l.FirstVisit.Happens)
		}
	}
}

func TestReadFile_RefusesAFieldNobodyKnows(t *testing.T) {
	var wrong []struct {
		Slug string `json:"slug"`
	}
	if err := readFile("people.json", &wrong); err == nil || !strings.Contains(err.Error(), "people.json") {
		t.Errorf("got %v, wanted an error that names the file", fmt.Sprint(err))
	}
}
