package sync

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"

	"kith/internal/limits"
)

// ErrStreamForeign says that a stream belongs to another member.
var ErrStreamForeign = errors.New("stream_foreign")

// Outcome is what became of a command. It is durable, and a person can see it.
type Outcome struct {
	Number  int64           `json:"number"`
	Nonce   string          `json:"nonce"`
	Status  string          `json:"status"`
	Seq     int64           `json:"seq"`
	Code    string          `json:"code,omitempty"`
	Message string          `json:"message,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

// The statuses of an outcome.
const (
	OK          = "ok"
	Merged      = "merged"
	Rejected    = "rejected"
	Quarantined = "quarantined"
)

// Stop says why a push ended before a command.
type Stop struct {
	Number       int64  `json:"number"`
	Reason       string `json:"reason"` // gap, fork or retry
	Last         int64  `json:"last"`
	RetryAfterMs int64  `json:"retryAfterMs,omitempty"`
}

// The reasons of a stop.
const (
	Gap   = "gap"
	Fork  = "fork"
	Retry = "retry"
)

// outcomes of the asked stream above its ack, in the answer's own snapshot.
func (s *snapshot) outcomes() ([]Outcome, error) {
	if s.p.Stream == "" {
		return nil, nil
	}
	return readOutcomes(s.ctx, s.tx, s.p.Member, s.p.Stream, s.p.Ack, s.seq)
}

// readOutcomes returns ErrStreamForeign for somebody else's stream, and nothing
// for a stream that isn't known yet.
func readOutcomes(ctx context.Context, tx *sql.Tx, member, stream string, ack, upTo int64) ([]Outcome, error) {
	var owner string
	switch err := tx.QueryRowContext(ctx, "SELECT member FROM sync_stream WHERE id = ?", stream).Scan(&owner); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	case owner != member:
		return nil, ErrStreamForeign
	}
	rows, err := tx.QueryContext(ctx, `SELECT n.number, c.nonce, c.status, c.seq, c.code, c.message, c.result
		FROM sync_number n JOIN sync_command c ON c.nonce = n.nonce
		WHERE n.stream = ? AND n.number > ? AND c.seq <= ? ORDER BY n.number LIMIT `+strconv.Itoa(limits.OutcomesPerAnswer), stream, ack, upTo)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Outcome
	for rows.Next() {
		var o Outcome
		var result string
		if err := rows.Scan(&o.Number, &o.Nonce, &o.Status, &o.Seq, &o.Code, &o.Message, &result); err != nil {
			return nil, err
		}
		if result != "" {
			o.Result = json.RawMessage(result)
		}
		out = append(out, o)
	}
	return out, rows.Err()
}
