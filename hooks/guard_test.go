package hooks_test

import (
	"context"
	"strings"
	"testing"
)

// Ensure that the dashboard can't put a backup back and leave the epoch as it was.
func TestGuard_RefusesARestoreWithoutANewEpoch(t *testing.T) {
	w := newTown(t)
	if err := w.app.RestoreBackup(context.Background(), "any.zip"); err == nil || !strings.Contains(err.Error(), "kith restore") {
		t.Fatalf("%v", err)
	}
}
