package sim

import "kith/sim/device"

// columns of neighbours: circles, their rota, homes, and small asks.
func init() {
	for coll, cols := range map[string]string{
		"circles":       "name:t personName:t words:t requires:t status:t",
		"organisers":    "circle:t firstName:t",
		"circleHelpers": "circle:t firstName:t status:t safety:t",
		"circleWishes":  "circle:t helper:t wish:t",
		"slots":         "circle:t kind:t start:t end:t schedule:j note:t status:t",
		"turns":         "circle:t slot:t occurrence:t helper:t helperName:t every:b status:t",
		"everies":       "circle:t slot:t helper:t helperName:t since:t",
		"standbys":      "turn:t circle:t slot:t occurrence:t helper:t firstName:t",
		"swaps":         "turn:t circle:t slot:t occurrence:t helper:t fromName:t toName:t status:t",
		"turnSteps":     "turn:t circle:t slot:t occurrence:t step:t at:t",
		"homes":         "address:t door:t ringName:t ringPhone:t",
		"addresses":     "turn:t circle:t slot:t occurrence:t address:t door:t ringName:t ringPhone:t until:t",
		"asks":          "kind:t day:t part:t words:t firstName:t status:t",
		"replies":       "ask:t firstName:t safety:t words:t status:t",
		"contacts":      "about:t side:t firstName:t phone:t",
		"messages":      "about:t side:t fromName:t text:t day:t at:t",
	} {
		columns[coll] = cols
	}
	for coll, cols := range map[string]string{
		"circles": "person", "organisers": "member", "circleHelpers": "member", "circleWishes": "person", "slots": "person", "turns": "person, member",
		"everies": "person, member", "standbys": "member", "swaps": `member, "from"`, "turnSteps": "person, member", "homes": "person", "addresses": "member",
		"asks": "member", "replies": "member, asker, apart", "contacts": `member, other, circle, "both"`, "messages": `member, "to", circle, apart`,
	} {
		hidden[coll] = cols
	}
}

// ofNeighbours are the audiences of a row of circles and small asks: protocol.md, the
// first table of section 7.
func ofNeighbours(coll, id string, col map[string]string) (auds []string) {
	to := func(kind, which string, when bool) {
		if when && which != "" {
			auds = append(auds, kind+"/"+which)
		}
	}
	person := func() {
		to("member", col["person"], true)
		to("helped", col["person"], true)
	}
	switch coll {
	case "circles":
		to("circle", id, col["status"] == "open")
		to("organise", id, true)
		person()
	case "organisers", "circleHelpers", "standbys", "swaps":
		to("organise", col["circle"], true)
		for _, kind := range []string{"member", "helped"} {
			to(kind, col["member"], coll != "organisers")
			to(kind, col["from"], coll == "swaps" && col["from"] != col["member"])
		}
	case "circleWishes":
		to("organise", col["circle"], true)
		to("member", col["person"], true)
	case "slots", "turns", "everies":
		to("circle", col["circle"], true)
		to("organise", col["circle"], true)
		person()
	case "turnSteps":
		to("organise", col["circle"], true)
		to("member", col["member"], col["member"] != col["person"])
		to("helped", col["member"], col["member"] != col["person"])
		person()
	case "homes":
		to("organise", id, true)
		to("member", col["person"], true)
	case "addresses":
		to("address", id, true)
	default:
		return ofAsks(coll, id, col)
	}
	return auds
}

func ofAsks(coll, id string, col map[string]string) (auds []string) {
	to := func(kind, which string, when bool) {
		if when && which != "" {
			auds = append(auds, kind+"/"+which)
		}
	}
	shown, asks := !yes(col["apart"]), col["side"] == "asks"
	to("member", col["member"], true)
	switch coll {
	case "asks":
		to("helped", col["member"], true)
		to("ask", id, true)
		if col["status"] == "open" {
			auds = append(auds, "neighbours")
		}
	case "replies":
		to("member", col["asker"], shown)
		to("helped", col["asker"], shown)
	case "contacts":
		both := yes(col["both"])
		to("helped", col["member"], asks)
		to("member", col["other"], both)
		to("helped", col["other"], both && !asks)
		to("organise", col["circle"], both && !asks)
	case "messages":
		to("helped", col["member"], asks)
		to("member", col["to"], shown)
		to("helped", col["to"], shown && !asks)
		to("organise", col["circle"], shown)
	}
	return auds
}

// grantsOfNeighbours: protocol.md, section 7, "who".
func grantsOfNeighbours(k device.Key, f *fact, give func(member, aud string)) {
	switch k.Coll {
	case "circles":
		give(f.col["person"], "organise/"+k.ID)
	case "organisers":
		give(f.col["member"], "organise/"+f.col["circle"])
	case "circleHelpers":
		if f.col["status"] == "in" {
			give(f.col["member"], "circle/"+f.col["circle"])
		}
	case "replies":
		if f.col["status"] == "chosen" {
			give(f.col["member"], "ask/"+f.col["ask"])
		}
	case "addresses":
		give(f.col["member"], "address/"+k.ID)
	}
}
