package openreferral

import (
	"math/big"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"kith/internal/limits"
	"kith/internal/text"
)

// prices reads cost_options, and fees as the sentence why. Only what says
// nothing but "free" is free; an amount is never read out of prose.
func (r *reader) prices(id string, s *service, w *words) *Prices {
	p := &Prices{Mode: "unknown", Amounts: []Amount{}}
	var why []string
	for _, option := range s.CostOptions {
		who := strings.Join(nonEmpty(plain(string(option.Option)), plain(string(option.More)), option.validity()), ", ")
		pence, ok := pence(string(option.Amount), string(option.Currency))
		if !ok || len(p.Amounts) == maxAmounts {
			if option.Amount != "" {
				r.warn(id, "price_invalid", string(option.Amount)+" "+string(option.Currency))
			}
			why = append(why, strings.Join(nonEmpty(plain(string(option.Amount)), plain(string(option.Currency)), who), " "))
			continue
		}
		short, cut := text.Cut(who, maxWho)
		if cut {
			w.add("Price: ", plain(string(option.Amount))+", "+who)
		}
		p.Amounts = append(p.Amounts, Amount{Pence: pence, Who: short})
		if p.Mode != "fixed" {
			p.Mode = map[bool]string{true: "free", false: "fixed"}[pence == 0]
		}
	}
	fees := text.FromHTML(string(s.Fees))
	if len(p.Amounts) == 0 && len(why) == 0 && isFree[normal(strings.TrimRight(fees, ". !"))] {
		p.Mode = "free"
		return p
	}
	p.Why = text.OneLine(strings.Join(nonEmpty(append([]string{fees}, why...)...), " "))
	if shorter, cut := text.Cut(p.Why, limits.ShortText); cut {
		r.warn(id, "price_cut", p.Why)
		w.add("What it costs: ", strings.Join(nonEmpty(append([]string{fees}, why...)...), "\n"))
		p.Why = shorter
	}
	if p.Mode == "unknown" && p.Why == "" {
		return nil
	}
	return p
}

var isFree = map[string]bool{"free": true, "free of charge": true, "no charge": true, "no cost": true}

// validity is when a price holds. It is said in words, because a list of prices
// that changes by itself would not be the feed's.
func (c *costOption) validity() string {
	from, hasFrom := day(string(c.ValidFrom))
	to, hasTo := day(string(c.ValidTo))
	const layout = "2 January 2006"
	switch {
	case hasFrom && hasTo:
		return "from " + from.Format(layout) + " to " + to.Format(layout)
	case hasFrom:
		return "from " + from.Format(layout)
	case hasTo:
		return "until " + to.Format(layout)
	}
	return ""
}

// pence reads an amount in pounds, exactly. Amounts in other currencies, below
// nothing, above a million or with parts of a penny are not prices we can show.
func pence(amount, currency string) (int64, bool) {
	if len(amount) > 12 || currency != "" && !strings.EqualFold(currency, "GBP") {
		return 0, false
	}
	if strings.ContainsAny(amount, "eEpPxX_/") { // big.Rat would take 1e999999999 as a number
		return 0, false
	}
	value, ok := new(big.Rat).SetString(strings.TrimSpace(strings.TrimPrefix(amount, "£")))
	if !ok {
		return 0, false
	}
	value.Mul(value, big.NewRat(100, 1))
	if !value.IsInt() || value.Sign() < 0 || !value.Num().IsInt64() || value.Num().Int64() > 100_000_000 {
		return 0, false
	}
	return value.Num().Int64(), true
}

// languages gives tags for codes and for English names; other words stay words.
func (r *reader) languages(id string, s *service, w *words) []string {
	var tags, unknown []string
	seen := map[string]bool{}
	for _, l := range s.Languages {
		found := nonEmpty(string(l.Code), plain(string(l.Name)), plain(string(l.Language)))
		if len(found) == 0 {
			continue
		}
		tag := ""
		for _, s := range found {
			if tag == "" {
				tag = languageTag(s)
			}
		}
		switch {
		case tag == "":
			unknown = append(unknown, plain(found[len(found)-1]))
		case !seen[tag]:
			seen[tag] = true
			tags = append(tags, tag)
		}
	}
	if len(unknown) > 0 {
		r.warn(id, "language_unknown", strings.Join(unknown, ", "))
		w.add("Languages: ", strings.Join(unknown, ", "))
	}
	return tags
}

var languageNames = func() map[string]string {
	names := map[string]string{"bsl": "bfi", "british sign language": "bfi"}
	for _, tag := range display.Supported.Tags() {
		names[strings.ToLower(display.English.Tags().Name(tag))] = tag.String()
	}
	return names
}()

func languageTag(s string) string {
	if tag, ok := languageNames[strings.ToLower(s)]; ok {
		return tag
	}
	if tag, err := language.Parse(s); err == nil && tag != language.Und && len(s) <= 20 {
		return tag.String()
	}
	return ""
}
