//go:build race

package hooks_test

const raceDetected = true
