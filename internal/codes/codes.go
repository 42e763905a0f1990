// Package codes reads the codes that people type, read out and scan: of an
// invite, an offer to act for somebody, a recovery. Only a hash of one is stored,
// so that a copy of the database opens nothing.
package codes

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

var hashed = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Hash of a code as a person typed it: case, spaces and hyphens don't count, and
// O reads as 0, I and L as 1. It is SHA-256 in hexadecimal digits.
func Hash(code string) string {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// IsHash says whether a device sent what Hash gives.
func IsHash(s string) bool { return hashed.MatchString(s) }
