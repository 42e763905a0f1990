package sim

// ofBuddies are the audiences of a row of looking out for newcomers: protocol.md, the
// first table of section 7.
func ofBuddies(coll, id string, col map[string]string) (auds []string) {
	member := func(kind, who string, when bool) {
		if when && who != "" {
			auds = append(auds, kind+"/"+who)
		}
	}
	switch coll {
	case "buddies":
		member("member", col["member"], true)
		member("host", col["listing"], col["status"] == "offered" || col["status"] == "approved")
	case "pairings":
		open := col["status"] == "open"
		member("host", col["listing"], true)
		member("member", col["buddyMember"], open || col["status"] == "asked")
		for _, kind := range []string{"member", "helped"} {
			member(kind, col["newcomer"], open && col["buddyMember"] != "")
		}
	case "pairingContacts":
		member("member", col["buddyMember"], true)
		member("member", col["member"], true)
		member("helped", col["member"], true)
	case "calls":
		member("member", col["member"], col["state"] != "void")
		member("host", col["listing"], yes(col["toHosts"]) && col["state"] != "void")
	case "hostCards":
		member("member", id, true)
		if yes(col["shown"]) {
			auds = append(auds, "public")
		}
	case "returnFigures":
		if col["of"] == "group" {
			return []string{"host/" + col["listing"]}
		}
		return []string{"coordinators"}
	}
	return auds
}
