package audit

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// Broken says at which entry the chain breaks first, and how.
type Broken struct {
	Number int64
	Why    string
}

func (b *Broken) Error() string { return fmt.Sprintf("entry %d: %s", b.Number, b.Why) }

// Verify walks the whole chain and returns its head. kept are heads that were
// noted earlier: the chain must still hold each of them. A break is a *Broken;
// any other error is the database's.
func Verify(db dbx.Builder, kept ...Head) (Head, error) {
	head := Origin
	err := Each(db, func(r *Row) error {
		if err := follows(r, head); err != nil {
			return err
		}
		head = Head{r.Number, r.Hash}
		for _, k := range kept {
			if k.Number == r.Number && k.Hash != r.Hash {
				return &Broken{r.Number, "is not the entry it was when its head was noted; this one or one before it was made anew"}
			}
		}
		return nil
	})
	if err != nil {
		return head, err
	}
	for _, k := range kept {
		if k.Number > head.Number {
			return head, &Broken{head.Number + 1, fmt.Sprintf("is missing; the record went on to %d when that head was noted", k.Number)}
		}
	}
	return head, nil
}

func follows(r *Row, head Head) error {
	switch {
	case r.Number != head.Number+1:
		return &Broken{head.Number + 1, fmt.Sprintf("is missing; the next one there is %d", r.Number)}
	case r.Prev != head.Hash:
		return &Broken{r.Number, "does not follow the entry before it"}
	case r.Hash != r.Digest():
		return &Broken{r.Number, "was changed after it was written"}
	}
	return nil
}

// Each hands every entry to f, oldest first, without holding them all.
func Each(db dbx.Builder, f func(*Row) error) error {
	rows, err := db.NewQuery("SELECT * FROM audit ORDER BY number").Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r Row
		if err := rows.ScanStruct(&r); err != nil {
			return err
		}
		if err := f(&r); err != nil {
			return err
		}
	}
	return rows.Err()
}
