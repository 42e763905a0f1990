package card

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/limits"
	"kith/internal/token"
)

// Till is a till's token: which shop it stands in, and with what key it signs.
type Till struct {
	ID, Shop        string
	Issued, Expires time.Time
	JTI             ID
	Key             token.Key
}

func (t Till) right() error {
	if !rowID.MatchString(t.ID) || !rowID.MatchString(t.Shop) || !t.Expires.After(t.Issued) {
		return ErrTillForged
	}
	_, err := t.Key.Public()
	return err
}

func (t Till) claims(issuer string) string {
	return `{"iss":"` + issuer + `","aud":"till","sub":"` + t.ID + `","shop":"` + t.Shop + `","iat":` + number(t.Issued.Unix()) + `,"exp":` + number(t.Expires.Unix()) +
		`,"jti":"` + t.JTI.String() + `"` + confirmation(&t.Key) + `}`
}

// ReadTill verifies a till's token at that time; with no time, whenever it is read.
func ReadTill(set Set, raw string, at time.Time) (Till, error) {
	var c struct {
		Sub, Shop, JTI string
		IAT, EXP       int64
		Cnf            struct{ JWK token.Key }
	}
	kid, claims, err := read(set, raw, TypTill, limits.TillToken, &c)
	if err != nil {
		return Till{}, ErrTillForged
	}
	jti, ok := ReadID(c.JTI)
	t := Till{ID: c.Sub, Shop: c.Shop, Issued: unix(c.IAT), Expires: unix(c.EXP), JTI: jti, Key: c.Cnf.JWK}
	if !ok || t.right() != nil || t.claims(set.Issuer) != claims || !kid.signedAt(t.Issued) {
		return Till{}, ErrTillForged
	}
	switch {
	case at.IsZero():
	case at.Before(t.Issued.Add(-limits.CardSkew)):
		return Till{}, ErrTillEarly
	case at.After(t.Expires.Add(limits.CardSkew)):
		return Till{}, ErrTillEnded
	}
	return t, nil
}

// Revocations is the list of what counts no more before its time. Of each the list is
// sorted, so that the same list has one text.
type Revocations struct {
	Seq             int
	Issued, Expires time.Time
	Cards           []string // 16 hexadecimal digits each
	Tills           []string
	Vouchers        []string
	Keys            []int
}

// sorted is the list as it is signed.
func (r Revocations) sorted() (Revocations, error) {
	r.Cards, r.Tills, r.Vouchers = tidy(r.Cards), tidy(r.Tills), tidy(r.Vouchers)
	r.Keys = tidy(r.Keys)
	return r, r.right()
}

func tidy[T string | int](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func (r Revocations) right() error {
	ids := func(list []string) bool {
		return !slices.ContainsFunc(list, func(s string) bool { _, ok := ReadID(s); return !ok })
	}
	tills := !slices.ContainsFunc(r.Tills, func(s string) bool { return !rowID.MatchString(s) })
	keys := !slices.ContainsFunc(r.Keys, func(kid int) bool { return kid < 1 || kid > 255 })
	if r.Seq < 1 || !r.Expires.After(r.Issued) || !ids(r.Cards) || !ids(r.Vouchers) || !tills || !keys {
		return ErrListForged
	}
	return nil
}

func (r Revocations) claims(issuer string) string {
	return `{"iss":"` + issuer + `","seq":` + strconv.Itoa(r.Seq) + `,"iat":` + number(r.Issued.Unix()) + `,"exp":` + number(r.Expires.Unix()) +
		`,"cards":` + list(r.Cards) + `,"tills":` + list(r.Tills) + `,"vouchers":` + list(r.Vouchers) + `,"keys":` + numbers(r.Keys) + `}`
}

func list(ids []string) string {
	if len(ids) == 0 {
		return "[]"
	}
	return `["` + strings.Join(ids, `","`) + `"]`
}

func numbers(ns []int) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = strconv.Itoa(n)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// ReadRevocations verifies a list at that time; with no time, whenever it is read.
func ReadRevocations(set Set, raw string, at time.Time) (Revocations, error) {
	var c struct {
		Seq                    int
		IAT, EXP               int64
		Cards, Tills, Vouchers []string
		Keys                   []int
	}
	kid, claims, err := read(set, raw, TypRevocations, limits.RevocationList, &c)
	if err != nil {
		return Revocations{}, ErrListForged
	}
	r := Revocations{c.Seq, unix(c.IAT), unix(c.EXP), c.Cards, c.Tills, c.Vouchers, c.Keys}
	r, err = r.sorted()
	if err != nil || r.claims(set.Issuer) != claims || !kid.signedAt(r.Issued) {
		return Revocations{}, ErrListForged
	}
	if !at.IsZero() && at.After(r.Expires.Add(limits.CardSkew)) {
		return Revocations{}, ErrListExpired
	}
	return r, nil
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// read verifies a token by one of the community's keys and reads its claims. NB! They are
// to be written anew and compared with what was signed: JSON has many ways to say one
// thing, and a name in capitals or one that comes twice would be read, too.
func read(set Set, raw, typ string, most int, claims any) (by Public, text string, err error) {
	head, text, err := token.VerifyBy(raw, typ, most, func(kid string) (token.Key, bool) {
		n, err := strconv.ParseUint(kid, 10, 8)
		if err != nil {
			return token.Key{}, false
		}
		var known bool
		by, known = set.key(byte(n), typ)
		return by.JWK(), known
	})
	if err != nil {
		return Public{}, "", err
	}
	if b64([]byte(head)) != header(typ, by.Kid) {
		return Public{}, "", errors.New("card: a header of other words")
	}
	return by, text, json.Unmarshal([]byte(text), claims)
}
