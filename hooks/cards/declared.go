package cards

import "kith/internal/sync"

// declareScheme says who may hold what can be had, and what shops and coordinators
// are shown.
func declareScheme(r *sync.Registry) {
	for _, c := range []sync.Collection{
		{Name: "rewards", Columns: append(append(sync.Texts("title", "text", "status", "plainText"), sync.Numbers("stamps", "pence")...), sync.Objects("shops")...), To: []sync.Audience{{Key: "'" + sync.Public + "'"}}},
		{
			// NB! Not whose it is: whoever prints one on paper must not learn that.
			Name:    "vouchers",
			Columns: append(append(sync.Texts("reward", "packed", "status"), sync.Numbers("issued", "expires", "pence", "stamps")...), sync.Bools("offline", "printed")...),
			To:      []sync.Audience{bearer, printer},
		},
		{Name: "revocations", Columns: append(sync.Texts("token"), sync.Numbers("seq")...), To: []sync.Audience{{Key: "'counters'"}}},
		{
			Name: "shopWeeks", Columns: sync.Texts("shop", "week", "kind", "visits", "firstVisits", "redeemed"),
			To: []sync.Audience{{Key: "'owners/' || {row}.shop", When: "{row}.kind = 'own'"}, {Key: "'coordinators'", When: "{row}.kind = 'desk'"}},
		},
		{
			Name: "settlements", Columns: append(sync.Texts("month", "payer", "payee", "reward"), sync.Numbers("pence", "count")...),
			To: []sync.Audience{desk, {Key: "'owners/' || {row}.payer", When: "{row}.payer <> ''"}, {Key: "'owners/' || {row}.payee"}},
		},
		{Name: "patterns", Columns: append(sync.Texts("week", "shop", "till", "kind", "shown"), sync.Bools("seen")...), To: []sync.Audience{desk}},
	} {
		r.Sync(c)
	}
	r.Prioritise("counters", 2)
	r.Grant(sync.Grant{Table: "roles", Member: "{row}.member", Audience: "'counters'", When: "{row}.role IN ('owner', 'staff') AND {row}.shop <> ''"})
}
