package card

import (
	"crypto/ecdsa"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/limits"
	"kith/internal/token"
)

// What a record can be of.
const (
	ActStamp  = "stamp"
	ActRedeem = "redeem"
	ActUndo   = "undo"
)

// Record is one entry of a till's chain, signed by the till.
type Record struct {
	ID      string // the hash of what was signed
	Till    string
	JTI     ID
	At      time.Time // by the till's clock, to the second
	Seq     int       // from 1
	Prev    string    // the id of the record before; empty for the first
	Shop    string
	Act     string
	Card    []byte // packed card, and its proof if it has one
	Code    string // the card's typed code, where there is no Card
	Voucher []byte // packed
	Of      string // the record that is undone
	Offset  int64  // what the till's clock was off by when it last heard the server, in milliseconds
}

// Packed is what the till has read: card, proof and voucher, for Check.
func (r Record) Packed() []byte { return slices.Concat(r.Card, r.Voucher) }

var (
	hashText = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	codeText = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{8}$`)
)

const (
	lastSecond = 1<<32 - 1 // as far as a proof's time goes
	mostOffset = 1 << 43   // 278 years of milliseconds
)

// right says whether a record is one that a till makes.
func (r Record) right() bool {
	at := r.At.Unix()
	if !rowID.MatchString(r.Till) || !rowID.MatchString(r.Shop) || at < 0 || at > lastSecond || r.Seq < 1 || r.Seq > 1<<31-1 || r.Offset > mostOffset || r.Offset < -mostOffset {
		return false
	}
	if (r.Prev == "") != (r.Seq == 1) || r.Prev != "" && !hashText.MatchString(r.Prev) {
		return false
	}
	card := slices.Contains([]int{SizePrinted, SizeBound, SizePhone}, len(r.Card))
	code := codeText.MatchString(r.Code)
	switch r.Act {
	case ActStamp:
		return (card && r.Code == "" || code && len(r.Card) == 0) && len(r.Voucher) == 0 && r.Of == ""
	case ActRedeem:
		return card && r.Code == "" && len(r.Voucher) == SizeVoucher && r.Of == ""
	case ActUndo:
		return len(r.Card) == 0 && r.Code == "" && len(r.Voucher) == 0 && hashText.MatchString(r.Of)
	}
	return false
}

func (r Record) claims() string {
	s := `{"iss":"` + r.Till + `","jti":"` + r.JTI.String() + `","iat":` + number(r.At.Unix()) + `,"seq":` + strconv.Itoa(r.Seq) +
		`,"prv":"` + r.Prev + `","shop":"` + r.Shop + `","act":"` + r.Act + `"`
	for _, m := range []struct{ name, value string }{{"card", b64(r.Card)}, {"code", r.Code}, {"voucher", b64(r.Voucher)}, {"of", r.Of}} {
		if m.value != "" {
			s += `,"` + m.name + `":"` + m.value + `"`
		}
	}
	return s + `,"offset":` + number(r.Offset) + "}"
}

// SignRecord makes what ReadRecord reads, as a till does.
func SignRecord(private *ecdsa.PrivateKey, r Record) (string, error) {
	if !r.right() {
		return "", ErrRecordForged
	}
	signed := signing(TypRecord, 0, r.claims())
	sig, err := token.SignRaw(private, signed)
	if err != nil {
		return "", err
	}
	return whole(signed, sig), nil
}

// ReadRecord verifies a record by its till's key. What the card in it is worth, and
// where the record stands in its chain, is for the caller to judge. Any other error
// than none is ErrRecordForged.
func ReadRecord(raw string, till token.Key) (Record, error) {
	head, text, err := token.VerifyBy(raw, TypRecord, limits.CardRecord, func(kid string) (token.Key, bool) { return till, kid == "" })
	if err != nil || b64([]byte(head)) != header(TypRecord, 0) {
		return Record{}, ErrRecordForged
	}
	var c struct {
		Iss, JTI, Prv, Shop, Act, Card, Code, Voucher, Of string
		IAT, Offset                                       int64
		Seq                                               int
	}
	if json.Unmarshal([]byte(text), &c) != nil {
		return Record{}, ErrRecordForged
	}
	jti, ok := ReadID(c.JTI)
	packed, errCard := unb64(c.Card)
	voucher, errVoucher := unb64(c.Voucher)
	r := Record{
		ID: nameOf(signing(TypRecord, 0, text)), Till: c.Iss, JTI: jti, At: unix(c.IAT), Seq: c.Seq, Prev: c.Prv, Shop: c.Shop, Act: c.Act,
		Card: packed, Code: c.Code, Voucher: voucher, Of: c.Of, Offset: c.Offset,
	}
	if !ok || errCard != nil || errVoucher != nil || !r.right() || r.claims() != text {
		return Record{}, ErrRecordForged
	}
	return r, nil
}

// TillOf says whose record this claims to be, so that its key can be found. NB! Nothing
// of it is verified yet. A record begins with its till, so the first bytes of its claims
// are enough, and nothing is parsed: three in base64url are four.
func TillOf(raw string) (till string, ok bool) {
	const begins, ends = `{"iss":"`, `"`
	size := (len(begins) + 15 + len(ends)) / 3 * 4
	_, claims, found := strings.Cut(raw, ".")
	if !found || len(raw) > limits.CardRecord || len(claims) < size {
		return "", false
	}
	text, err := unb64(claims[:size])
	if err != nil {
		return "", false
	}
	till, is := strings.CutPrefix(string(text), begins)
	till, ends15 := strings.CutSuffix(till, ends)
	return till, is && ends15 && rowID.MatchString(till)
}
