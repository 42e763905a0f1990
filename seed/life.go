package seed

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kith/internal/card"
	"kith/internal/ledger"
)

// life is what happened around the cards of the demo town, the same on every machine
// but for the day on which it ends.
type life struct {
	town     *town
	scheme   scheme
	now      time.Time // in the community's zone
	chance   *rand.Rand
	bearers  []*bearer
	vouchers []*voucher
	records  []*record
	seq      map[string]int    // by till
	head     map[string]string // by till
}

// bearer is a card on paper, and whose it is.
type bearer struct {
	slug, code, person, by string
	from                   time.Time
	stamps, spent          int
	open                   *voucher
	last                   map[string]string // by shop: the day of the last stamp
}

type voucher struct {
	slug, status string
	of           *bearer
	reward       reward
	at           time.Time
}

// record is one of a till's, as the ledger judges it; Shop and Till are slugs.
type record struct {
	ledger.Record
	by      *bearer
	gap     bool
	undoing *record
}

// own is what is known of it by itself, as it is stored.
func (r *record) own() string { return strings.Join(r.Hold, ",") }

func newLife(t *town, s scheme, now time.Time) *life {
	l := &life{town: t, scheme: s, now: now, chance: rand.New(rand.NewPCG(1066, 2019)), seq: map[string]int{}, head: map[string]string{}}
	for i := range s.Cards {
		l.bearer(&bearer{slug: fmt.Sprintf("paper-%d", i), from: now.AddDate(0, 0, -7*s.Weeks+i*2)})
	}
	for _, p := range s.Printed {
		l.bearer(&bearer{slug: p.Person, person: p.Person, by: p.By, code: p.Code, from: now})
	}
	return l
}

func (l *life) bearer(b *bearer) {
	if b.code == "" {
		b.code = codeOf(b.slug)
	}
	b.last = map[string]string{}
	l.bearers = append(l.bearers, b)
}

// subOf is a number of a card, a voucher or a token.
func subOf(slug string) card.ID {
	sum := sha256.Sum256([]byte("kith demo town/number/" + slug))
	return card.ID(sum[:8])
}

// codeOf is a code of Crockford's letters.
func codeOf(slug string) string {
	sum := sha256.Sum256([]byte("kith demo town/code/" + slug))
	code := make([]byte, 8)
	for i := range code {
		code[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[sum[i]%32]
	}
	return string(code)
}

// opened is when a shop's tills were.
func (l *life) opened(shop string) time.Time {
	for _, s := range l.town.shops {
		if s.Slug == shop {
			return l.now.AddDate(0, 0, -s.JoinedDaysAgo)
		}
	}
	return l.now
}

// live goes through the weeks, day by day.
func (l *life) live() {
	for ago := 7 * l.scheme.Weeks; ago >= 0; ago-- {
		day := l.now.AddDate(0, 0, -ago)
		var today []*record
		for _, h := range l.scheme.Visits {
			today = append(today, l.visits(h, day)...)
		}
		today = append(today, l.happens(ago, day)...)
		slices.SortStableFunc(today, func(a, b *record) int { return a.At.Compare(b.At) })
		for _, r := range today {
			if !r.At.After(l.now) {
				l.write(r)
				l.enjoy(r)
			}
		}
	}
}

// clock is a time of a day.
func clock(day time.Time, at string) time.Time {
	t, err := time.Parse(clockLayout, at)
	if err != nil {
		return day
	}
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, day.Location())
}

// visits are those of one shop and day: more of them as months go by, and on the days
// on which it is open alone.
func (l *life) visits(h habit, day time.Time) (out []*record) {
	shop := l.shop(h.Shop)
	spans := shop.Hours[strings.ToLower(day.Weekday().String()[:3])]
	since := int(day.Sub(l.opened(h.Shop)).Hours() / 24)
	if len(spans) == 0 || since < 0 {
		return nil
	}
	expected := float64(h.AWeek) / float64(len(shop.Hours)) * min(1, 0.35+float64(since)/120)
	n := int(expected + l.chance.Float64())
	for range n {
		at := clock(day, h.At[l.chance.IntN(len(h.At))]).Add(time.Duration(l.chance.IntN(50*60)) * time.Second)
		if b := l.somebody(h.Shop, at); b != nil {
			out = append(out, l.stamp(h.Shop, b, at))
		}
	}
	return out
}

func (l *life) shop(slug string) shop {
	i := slices.IndexFunc(l.town.shops, func(s shop) bool { return s.Slug == slug })
	return l.town.shops[max(i, 0)]
}

// somebody is a bearer who hasn't been in a shop on that day. Most have a few shops
// that they like: those whose number is near theirs.
func (l *life) somebody(in string, at time.Time) *bearer {
	day := at.Format(dateLayout)
	liked := slices.IndexFunc(l.town.shops, func(s shop) bool { return s.Slug == in })
	for range 40 {
		i := l.chance.IntN(len(l.bearers))
		b := l.bearers[i]
		if b.from.After(at) || b.last[in] == day || b.person != "" || i%len(l.town.shops) != liked && l.chance.IntN(5) > 0 {
			continue
		}
		b.last[in] = day
		return b
	}
	return nil
}

func (l *life) stamp(shop string, b *bearer, at time.Time) *record {
	return &record{Record: ledger.Record{Act: ledger.ActStamp, Shop: shop, At: at, Paper: true}, by: b}
}

// happens is what was unusual on a day, and what somebody should look at.
func (l *life) happens(ago int, day time.Time) (out []*record) {
	for _, u := range l.scheme.Unusual {
		shop, on := l.shop(u.Shop), u.WeeksAgo*7
		// NB! Back to a day on which it is open: the week after may not be looked at yet.
		for len(shop.Hours[strings.ToLower(l.now.AddDate(0, 0, -on).Weekday().String()[:3])]) == 0 {
			on++
		}
		if ago != on {
			continue
		}
		for i := range u.Count {
			at, apart := clock(day, "11:05"), 25*time.Second
			if u.Kind == "undo" {
				apart = 20 * time.Minute
			}
			at = at.Add(time.Duration(i) * apart)
			b := l.bearers[i]
			b.last[u.Shop] = day.Format(dateLayout)
			r := l.stamp(u.Shop, b, at)
			out = append(out, r)
			if u.Kind == "undo" {
				out = append(out, &record{Record: ledger.Record{Act: ledger.ActUndo, Shop: u.Shop, At: at.Add(time.Minute)}, by: b, undoing: r})
			}
		}
	}
	for i, h := range l.scheme.Held {
		if ago != h.DaysAgo {
			continue
		}
		out = append(out, l.odd(h, l.bearers[len(l.bearers)/2+i], day)...)
	}
	return out
}

// odd is a stamp that is held.
func (l *life) odd(h waits, b *bearer, day time.Time) []*record {
	r := l.stamp(h.Shop, b, clock(day, "12:10"))
	b.last[h.Shop] = day.Format(dateLayout)
	switch h.Why {
	case ledger.CapDay:
		return []*record{r, l.stamp(h.Shop, b, clock(day, "14:50"))}
	case ledger.ChainGap:
		r.gap = true
	default:
		r.At, r.Hold = clock(day, "06:05"), []string{h.Why}
	}
	return []*record{r}
}

// write puts a record at the end of its till's chain.
func (l *life) write(r *record) {
	for _, t := range l.scheme.Tills {
		if t.Shop == r.Shop && t.EndedDaysAgo == 0 {
			r.Till = t.Slug
		}
	}
	l.seq[r.Till]++
	if r.gap {
		l.seq[r.Till]++ // the one before was deleted
	}
	r.Seq, r.Prev, r.Day = l.seq[r.Till], l.head[r.Till], r.At.Format(dateLayout)
	if r.undoing != nil {
		r.Of = r.undoing.ID
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("kith demo town/record/%s/%d", r.Till, r.Seq)))
	r.ID = base64.RawURLEncoding.EncodeToString(sum[:])
	l.head[r.Till] = r.ID
	l.records = append(l.records, r)
}

// enjoy is what a bearer does with their stamps: some get a reward as soon as they
// can, and have it some days later in one of its shops.
func (l *life) enjoy(r *record) {
	b := r.by
	if r.Act != ledger.ActStamp || len(r.Hold) > 0 || r.gap {
		return
	}
	b.stamps++
	if b.open != nil && l.chance.IntN(2) == 0 && slices.ContainsFunc(b.open.reward.Shops, func(s ledger.Share) bool { return s.Shop == r.Shop }) {
		b.open.status = "redeemed"
		l.write(&record{Record: ledger.Record{Act: ledger.ActRedeem, Shop: r.Shop, At: r.At.Add(2 * time.Minute), Paper: true, Voucher: subOf(b.open.slug).String()}, by: b})
		b.open = nil
	}
	for _, want := range l.town.rewards {
		if want.Ended || b.open != nil || b.stamps-b.spent < want.Stamps || l.chance.IntN(3) > 0 {
			continue
		}
		v := &voucher{slug: fmt.Sprintf("%s/%d", b.slug, b.spent), status: "open", of: b, reward: want, at: r.At}
		b.spent += want.Stamps
		b.open = v
		l.vouchers = append(l.vouchers, v)
	}
}

// judged is what the ledger says of each record.
func (l *life) judged() map[string]ledger.Verdict {
	by := map[*bearer][]ledger.Record{}
	for _, r := range l.records {
		one := r.Record
		if r.gap {
			one.Hold = append(slices.Clone(one.Hold), ledger.ChainGap)
		}
		by[r.by] = append(by[r.by], one)
	}
	out := map[string]ledger.Verdict{}
	for _, records := range by {
		for _, v := range ledger.Judge(records, ledger.Defaults(), ledger.Facts{}) {
			out[v.ID] = v
		}
	}
	return out
}
