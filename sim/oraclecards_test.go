package sim

// ofCards are the audiences of what belongs to the card.
func ofCards(coll string, col map[string]string) (auds []string) {
	some := func(kind, id string) {
		if id != "" {
			auds = append(auds, kind+id)
		}
	}
	switch coll {
	case "accounts", "stamps":
		some("member/", col["member"])
	case "cards", "vouchers":
		some("member/", col["member"])
		if col["by"] != col["member"] {
			some("member/", col["by"])
		}
	case "tills":
		return []string{"owners/" + col["shop"], "shop/" + col["shop"], "coordinators"}
	case "reviews":
		return []string{"owners/" + col["shop"], "coordinators"}
	case "revocations":
		return []string{"counters"}
	case "shopWeeks":
		if col["kind"] == "own" {
			return []string{"owners/" + col["shop"]}
		}
		return []string{"coordinators"}
	case "settlements":
		some("owners/", col["payer"])
		if col["payer"] != col["payee"] {
			some("owners/", col["payee"])
		}
		return append(auds, "coordinators")
	case "patterns":
		return []string{"coordinators"}
	}
	return auds
}
