package openreferral

import (
	"strconv"
	"strings"

	"kith/internal/limits"
	"kith/internal/text"
)

const maxPostcode = 12

// place is the first place of a service to go to. Further ones are named in the
// description, since a listing has one place; a virtual one makes it online.
func (r *reader) place(id string, s *service, venue string, w *words) (place string, access []string, kind string) {
	for _, at := range s.Locations {
		for _, l := range at.Location {
			if normal(string(l.Type)) == "virtual" {
				w.add("Online: ", strings.Join(nonEmpty(plain(string(l.Name)), plain(string(l.Description))), ", "))
				if venue == "" {
					venue = "online"
				}
				continue
			}
			found, ok := r.found(id, &l, w)
			if !ok || place != "" {
				w.add("At: ", strings.Join(nonEmpty(found.Name, found.Address, found.Postcode), ", "))
				continue
			}
			place, access = found.SourceID, found.Access
			if venue == "online" {
				venue = "" // online too, but there is a door to go to
			}
		}
	}
	return place, access, venue
}

// found reads a location. It is false if it can't be a row of its own: without
// an id the next import couldn't find it again, without a name there's nothing
// to show, and a postal address is no place to go to.
func (r *reader) found(service string, l *location, w *words) (Place, bool) {
	p := Place{SourceID: string(l.ID), Name: plain(string(l.Name))}
	address := pickAddress(append(l.Addresses, l.PhysicalAddresses...))
	if address != nil {
		lines := nonEmpty(plain(string(address.Address1)), plain(string(address.City)), plain(string(address.Region)), plain(string(address.State)))
		p.Postcode = plain(string(address.PostalCode))
		if len(p.Postcode) > maxPostcode {
			lines, p.Postcode = append(lines, p.Postcode), ""
		}
		p.Address = r.short(p.SourceID, "address_cut", strings.Join(unrepeated(lines), ", "), limits.ShortText)
		if p.Name == "" && len(lines) > 0 {
			p.Name = lines[0]
		}
	}
	p.Name = r.short(p.SourceID, "name_cut", p.Name, limits.Title)
	p.Lat, p.Lon = r.position(p.SourceID, string(l.Latitude), string(l.Longitude))
	p.Access = accessOf(append(l.Accessibility, l.Accessibility1...), w)
	if normal(string(l.Type)) == "postal" {
		return p, false
	}
	if clean, err := text.Line(p.SourceID, MaxID); p.SourceID == "" || p.Name == "" || err != nil || clean != p.SourceID {
		r.warn(service, "place_incomplete", p.Name)
		return p, false
	}
	if _, ok := r.places[p.SourceID]; !ok {
		r.places[p.SourceID] = p
		r.feed.Places = append(r.feed.Places, p)
	}
	return p, true
}

func unrepeated(lines []string) []string {
	var kept []string
	for _, line := range lines {
		if len(kept) == 0 || !strings.EqualFold(kept[len(kept)-1], line) {
			kept = append(kept, line)
		}
	}
	return kept
}

func pickAddress(addresses list[streetAddress]) *streetAddress {
	for i := range addresses {
		if normal(string(addresses[i].Type)) == "physical" {
			return &addresses[i]
		}
	}
	return addresses.first()
}

// position is in degrees. Two zeros are a spreadsheet's way to say nothing.
func (r *reader) position(id, latitude, longitude string) (lat, lon float64) {
	if latitude == "" && longitude == "" {
		return 0, 0
	}
	lat, errLat := strconv.ParseFloat(latitude, 64)
	lon, errLon := strconv.ParseFloat(longitude, 64)
	inside := lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
	if errLat != nil || errLon != nil || !inside || (lat == 0 && lon == 0) {
		r.warn(id, "position_invalid", latitude+", "+longitude)
		return 0, 0
	}
	return lat, lon
}

// accessWords are the answers that say one thing and no more. A sentence such
// as "no wheelchair access to the toilet" must not become a promise, so
// everything longer stays a sentence.
var accessWords = map[string]string{
	"step free": "stepFree", "step-free": "stepFree", "step free access": "stepFree", "step-free access": "stepFree",
	"wheelchair access": "stepFree", "wheelchair accessible": "stepFree", "level access": "stepFree", "ramp": "stepFree",
	"accessible toilet": "toilet", "accessible toilets": "toilet", "disabled toilet": "toilet", "disabled toilets": "toilet",
	"accessible toilet facilities": "toilet", "hearing loop": "hearingLoop", "induction loop": "hearingLoop",
	"parking": "parking", "car parking": "parking", "accessible parking": "parking", "accessible parking spot": "parking",
	"disabled parking": "parking", "blue badge parking": "parking",
	"quiet space": "quiet", "quiet room": "quiet", "seating": "seating", "dogs welcome": "dogs", "childcare": "childcare", "creche": "childcare",
}

func accessOf(found list[accessibility], w *words) []string {
	var access []string
	seen := map[string]bool{}
	for _, a := range found {
		for _, said := range []word{a.Accessibility, a.Description, a.Details} {
			s := strings.TrimRight(plain(string(said)), ". ")
			if s == "" || seen[strings.ToLower(s)] {
				continue
			}
			seen[strings.ToLower(s)] = true
			name := accessWords[strings.ToLower(s)]
			switch {
			case name == "":
				w.add("Getting in: ", string(said))
			case !seen["="+name]:
				seen["="+name] = true
				access = append(access, name)
			}
		}
	}
	return access
}
