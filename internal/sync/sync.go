// Package sync is Kith's heart: the change index, the exactly-once push, the
// staged pull and the live frames of docs/protocol.md. It knows no feature and
// no HTTP; features declare their audiences and their commands to it.
//
// The way of a write: a command runs in one SQLite transaction; triggers,
// generated from the declared audiences, move each changed row to a new seq in
// the index; outcome and stream position commit with it. The way of a read: one
// read transaction walks the index per audience, in seq order.
//
// Words: a row is (collection, id). An audience is a key such as "public" or
// "host/l3x…". seq is the community's one sequence; a seq names one version of
// one row. A tombstone is an index entry with live = 0.
package sync

// Protocol is the version of docs/protocol.md that this package speaks.
const Protocol = 1

// SchemaOldest and SchemaNewest bound the row shapes that this server sends.
const (
	SchemaOldest = 1
	SchemaNewest = 1
)

// Public is the audience of everybody, with or without an account.
const Public = "public"

// checksumPrime is the largest prime p with (p-1)² < 2⁵³: the checksum of an
// audience, Σ s³ mod p over its live seqs, is exact in doubles on every client.
//
// NB! On the wire (protocol.md, R6).
const checksumPrime = 94906249

// Cube is one entry's part of the checksum.
func Cube(seq int64) int64 {
	s := seq % checksumPrime
	return s * s % checksumPrime * s % checksumPrime
}
