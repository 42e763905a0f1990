package hooks_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"
)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

// oneAtATime leaves a long test out where races are looked for: it asks one
// thing after another, so there is nothing to find, and takes ten times as long.
// Each has a town of its own, so that two of them run side by side.
func oneAtATime(t *testing.T) {
	t.Helper()
	if raceDetected {
		t.Skip("asks one thing after another: run without -race")
	}
	t.Parallel()
}
