package doorman

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"
)

// Ensure that it is known of a database that is too slow, broken or closed that it said
// nothing, and of one that said that there is nobody, that it did.
func TestUnanswered_IsWhatTheDatabaseDidNotSay(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	var n int
	ask := func(ctx context.Context, query string) error { return db.QueryRowContext(ctx, query).Scan(&n) }
	late, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	const slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n"
	said := map[string]error{"nobody": ask(t.Context(), "SELECT 1 WHERE 0"), "nothing amiss": nil, "no token": errors.New("invalid token type")}
	not := map[string]error{"too late": ask(late, slow), "no table": ask(t.Context(), "SELECT 1 FROM nowhere")}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	not["closed"] = ask(t.Context(), "SELECT 1")
	for want, all := range map[bool]map[string]error{false: said, true: not} {
		for what, err := range all {
			if unanswered(err) != want {
				t.Errorf("%s: %v is taken for the other", what, err)
			}
		}
	}
}
