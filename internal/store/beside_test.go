package store

import (
	"context"
	"path/filepath"
	"testing"
)

// Ensure that a transaction which reads before it writes goes through, whoever else
// opens the database: they wait, or are told to.
func TestOpen_NobodyWritesBetweenAReadingAndAWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	server, err := Open(path)
	must(t, err)
	defer server.Close()
	verb, err := Open(path)
	must(t, err)
	defer verb.Close()
	_, err = server.NewQuery("CREATE TABLE t (n)").Execute()
	must(t, err)

	tx, err := server.Begin()
	must(t, err)
	var n int
	must(t, tx.NewQuery("SELECT count(*) FROM t").Row(&n))
	impatient, err := verb.DB().Conn(context.Background())
	must(t, err)
	defer impatient.Close()
	_, err = impatient.ExecContext(context.Background(), "PRAGMA busy_timeout = 0")
	must(t, err)
	if _, err := impatient.ExecContext(context.Background(), "INSERT INTO t VALUES (1)"); err == nil {
		t.Error("somebody wrote in between")
	}
	_, err = tx.NewQuery("INSERT INTO t VALUES (2)").Execute()
	must(t, err)
	must(t, tx.Commit())
	_, err = impatient.ExecContext(context.Background(), "INSERT INTO t VALUES (3)")
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
