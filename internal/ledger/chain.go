package ledger

import (
	"cmp"
	"slices"
	"time"
)

// Head is how far a till's chain was known before: the last record's place and id.
type Head struct {
	Seq int
	ID  string
}

// Link is how one record stands in its till's chain.
type Link struct {
	Linked bool // the record before it is known, or it is the first
	Forked bool // another record has its place
	Busy   bool // it is more than the till gives in an hour
}

// Hold are the codes that hold a record because of its chain.
func (l Link) Hold() (codes []string) {
	if !l.Linked {
		codes = append(codes, ChainGap)
	}
	if l.Forked {
		codes = append(codes, ChainFork)
	}
	if l.Busy {
		codes = append(codes, TillBusy)
	}
	return codes
}

// Chain says of the records of one till how each stands beside the others, by its id. A
// record that is missing holds the one after it, which was told of it, and no other.
func Chain(records []Record, head Head, perHour int) map[string]Link {
	sorted := slices.Clone(records)
	slices.SortFunc(sorted, func(a, b Record) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.ID, b.ID)) })
	sorted = slices.CompactFunc(sorted, func(a, b Record) bool { return a.ID == b.ID })
	known := map[Head]bool{{0, ""}: true, head: true}
	places := map[int]int{head.Seq: 1}
	for _, r := range sorted {
		if h := (Head{r.Seq, r.ID}); !known[h] {
			known[h] = true
			places[r.Seq]++
		}
	}
	links := make(map[string]Link, len(sorted))
	hours := map[time.Time]int{}
	for _, r := range sorted {
		l := Link{Linked: known[Head{r.Seq - 1, r.Prev}], Forked: places[r.Seq] > 1}
		if r.Act != ActUndo && r.Reject == "" {
			hour := r.At.Truncate(time.Hour)
			hours[hour]++
			l.Busy = hours[hour] > perHour
		}
		links[r.ID] = l
	}
	return links
}
