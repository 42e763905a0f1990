package cards

import (
	"github.com/pocketbase/dbx"

	"kith/internal/limits"
	"kith/internal/sync"
)

// mayGuess refuses whoever has typed many codes today that there aren't: each push may
// hold a thousand, and a code has but 40 bits.
func mayGuess(c *sync.Call) error {
	var wrong int
	err := c.Ask("SELECT count(*) FROM sync_command WHERE code = 'code_unknown' AND member = {:member} AND at > {:since}",
		dbx.Params{"member": c.Member, "since": sync.Stamp(c.Now.AddDate(0, 0, -1))}).Row(&wrong)
	if err == nil && wrong >= limits.WrongCodes {
		return sync.Reject("codes_many", "These were many codes that no card has. Try again tomorrow, or ask a coordinator.")
	}
	return err
}

// guessed leaves out the codes of tills that have sent so many which no card has that
// somebody may be trying them: they are looked up no more.
func (t *taking) guessed() (map[string]bool, error) {
	tills := map[string]bool{}
	for _, i := range t.came {
		if i.stamp != nil && i.record.Code != "" {
			tills[i.till.ID] = true
		}
	}
	if len(tills) == 0 {
		return nil, nil
	}
	var over []string
	err := t.ask("SELECT till FROM stamps WHERE till IN (SELECT value FROM json_each({:tills})) AND own = '!code_unknown' GROUP BY till HAVING count(*) >= {:most}",
		dbx.Params{"tills": list(keys(tills)), "most": limits.WrongCodesTill}).Column(&over)
	out := map[string]bool{}
	for _, till := range over {
		out[till] = true
	}
	return out, err
}
