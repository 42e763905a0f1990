package doctor

import (
	"encoding/json"

	"kith/internal/card"
)

// cardKeys looks whether what signs cards is there, and is what everybody was told of.
func (e *examination) cardKeys() {
	name, err := e.key.Cards()
	var keys *card.Keys
	if err == nil {
		keys, err = card.ReadFile(name)
	}
	told, readErr := e.toldOfCards()
	switch {
	case readErr != nil:
		e.wrong("card keys", "what everybody was told of the keys of cards can't be read: "+readErr.Error(), opened)
	case card.Missing(err) && len(told.Keys) == 0:
		e.note("card keys", "there are none yet", "nothing: the server makes them at its first start")
	case card.Missing(err):
		e.wrong("card keys", "the file "+name+" is missing, and cards are signed by its keys", "put it back; if it is lost for good: docs/operations.md")
	case err != nil:
		e.wrong("card keys", err.Error(), "put right what it says")
	case !keys.Matches(told):
		e.wrong("card keys", "the keys in "+name+" are not the ones that cards are signed by", "put the right file back: kith keys check cards says which cards are by it")
	default:
		e.well("card keys", "they are there, and their owner's alone")
	}
}

// toldOfCards are the public halves as everybody knows them; an older database has none.
func (e *examination) toldOfCards() (card.Set, error) {
	columns, err := e.strings("SELECT name FROM pragma_table_info('communities') WHERE name = 'cardKeys'")
	if err != nil || len(columns) == 0 {
		return card.Set{}, err
	}
	texts, err := e.strings("SELECT cardKeys FROM communities WHERE cardKeys IS NOT NULL LIMIT 1")
	if err != nil || len(texts) == 0 || !json.Valid([]byte(texts[0])) {
		return card.Set{}, err
	}
	return card.ReadSet("", texts[0])
}
