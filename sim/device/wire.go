package device

import (
	"bytes"
	"encoding/json"
)

// Head is the first line of an answer.
type Head struct {
	Protocol int    `json:"protocol"`
	Epoch    string `json:"epoch"`
	Seq      int64  `json:"seq"`
	Now      string `json:"now"`
	Schema   [2]int `json:"schema"`
}

// Outcome is what became of a command.
type Outcome struct {
	Number  int64           `json:"number"`
	Nonce   string          `json:"nonce"`
	Status  string          `json:"status"`
	Seq     int64           `json:"seq"`
	Code    string          `json:"code,omitempty"`
	Message string          `json:"message,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

// Stop says why a push ended early.
type Stop struct {
	Number       int64  `json:"number"`
	Reason       string `json:"reason"`
	Last         int64  `json:"last"`
	RetryAfterMs int64  `json:"retryAfterMs"`
}

// End is the last line of an answer or of a frame.
type End struct {
	Cursor string              `json:"cursor"`
	Done   bool                `json:"done"`
	Next   string              `json:"next"`
	Sums   map[string][2]int64 `json:"sums"`
	Leases map[string]int64    `json:"leases"`
}

// Line is one line of an answer that changes rows. Reset and Drop name an
// audience; else it is an entry, and Data is empty if the row left.
type Line struct {
	Reset, Drop   string
	Aud, Coll, ID string
	Seq           int64
	Data          json.RawMessage
}

// Answer is a whole answer.
type Answer struct {
	Head     Head
	Outcomes []Outcome
	Stop     *Stop
	Lines    []Line
	End      *End
	Wipe     bool // forget everything of this person
}

type anyLine struct {
	Head    *Head             `json:"head"`
	Outcome *Outcome          `json:"outcome"`
	Stop    *Stop             `json:"stop"`
	Drop    string            `json:"drop"`
	Reset   string            `json:"reset"`
	Row     []json.RawMessage `json:"row"`
	Gone    []json.RawMessage `json:"gone"`
	End     *End              `json:"end"`
	Frame   *struct {
		From int64 `json:"from"`
		To   int64 `json:"to"`
	} `json:"frame"`
	Leases map[string]int64 `json:"leases"`
	Wipe   bool             `json:"wipe"`
	Poke   *struct {
		AfterMs int64 `json:"afterMs"`
	} `json:"poke"`
	Bye *struct {
		AfterMs int64 `json:"afterMs"`
	} `json:"bye"`
}

// entry reads a row or a gone line.
func entry(parts []json.RawMessage) (Line, bool) {
	var l Line
	if len(parts) < 4 || json.Unmarshal(parts[0], &l.Aud) != nil || json.Unmarshal(parts[1], &l.Coll) != nil ||
		json.Unmarshal(parts[2], &l.ID) != nil || json.Unmarshal(parts[3], &l.Seq) != nil {
		return l, false
	}
	if len(parts) > 4 {
		l.Data = parts[4]
	}
	return l, true
}

// kept is a line's part that changes rows, if it has one.
func (l *anyLine) kept() (Line, bool) {
	switch {
	case l.Drop != "":
		return Line{Drop: l.Drop}, true
	case l.Reset != "":
		return Line{Reset: l.Reset}, true
	case len(l.Row) >= 5:
		return entry(l.Row)
	case len(l.Gone) == 4:
		return entry(l.Gone)
	}
	return Line{}, false
}

// ParseAnswer reads a body. It returns nil for one that was cut: without head,
// without end, or with a line that is no JSON.
func ParseAnswer(body []byte) *Answer {
	a := &Answer{}
	for _, raw := range bytes.Split(body, []byte("\n")) {
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		var l anyLine
		if json.Unmarshal(raw, &l) != nil {
			return nil
		}
		switch {
		case l.Head != nil:
			a.Head = *l.Head
		case l.Outcome != nil:
			a.Outcomes = append(a.Outcomes, *l.Outcome)
		case l.Stop != nil:
			a.Stop = l.Stop
		case l.Wipe:
			a.Wipe = true
		case l.End != nil:
			a.End = l.End
		default:
			if k, ok := l.kept(); ok {
				a.Lines = append(a.Lines, k)
			}
		}
	}
	if a.Head.Epoch == "" || a.End == nil {
		return nil
	}
	return a
}
