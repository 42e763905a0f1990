package ledger

import (
	"fmt"
	"strings"
)

// InWords is a reward as it can be read out, or sent to a friend.
func InWords(title, text string, stamps, pence int, shops []string) string {
	cost := fmt.Sprintf("%d stamps", stamps)
	if stamps == 1 {
		cost = "1 stamp"
	}
	said := []string{fmt.Sprintf("%s, for %s.", title, cost)}
	if pence > 0 {
		said = append(said, fmt.Sprintf("Worth up to £%d.%02d.", pence/100, pence%100))
	}
	if text != "" {
		said = append(said, text)
	}
	return strings.Join(append(said, "At "+strings.Join(shops, ", ")+"."), "\n")
}
