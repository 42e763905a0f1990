package card

import (
	"math"
	"math/big"
	"strings"
)

// A QR code holds digits in the least room, so what is packed is shown as one whole
// number, padded: how many digits there are says what it is.

// width is how many digits hold so many bytes.
func width(bytes int) int { return int(math.Ceil(float64(bytes*8) * math.Log10(2))) }

// shown are the sizes that a QR code has: a card on paper, one on a phone, each with
// and without a voucher.
var shown = []int{SizePrinted, SizePhone, SizePrinted + SizeVoucher, SizePhone + SizeVoucher}

// Digits writes what is packed as a QR code shows it.
func Digits(packed []byte) string {
	text := new(big.Int).SetBytes(packed).String()
	return strings.Repeat("0", max(width(len(packed))-len(text), 0)) + text
}

// FromDigits reads what Digits wrote, of the four sizes that are shown.
func FromDigits(text string) ([]byte, error) {
	for _, size := range shown {
		if len(text) == width(size) {
			return fromDigits(text, size)
		}
	}
	return nil, ErrUnreadable
}

func fromDigits(text string, size int) ([]byte, error) {
	if strings.Trim(text, "0123456789") != "" {
		return nil, ErrUnreadable
	}
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || n.BitLen() > size*8 {
		return nil, ErrUnreadable
	}
	return n.FillBytes(make([]byte, size)), nil
}
