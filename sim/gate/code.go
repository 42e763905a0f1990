package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What a figure is a figure of: the server, and for some parts the app with it. Tests,
// docs and the gate itself may change without throwing away hours of it.
var (
	server = []string{"main.go", "go.mod", "go.sum", "hooks", "internal", "migrations", "seed"}
	app    = []string{"app/src", "app/public", "app/index.html"}
)

// code are the names of what is under test.
type code struct{ server, all string }

// of is the name of what a part runs.
func (c code) of(p part) string {
	if p.app {
		return c.all
	}
	return c.server
}

// identity names the code under test by its contents, whatever commit it is in.
func identity(root string) (c code, err error) {
	if c.server, err = name(root, server); err == nil {
		c.all, err = name(root, slices.Concat(server, app))
	}
	return c, err
}

func name(root string, places []string) (string, error) {
	var files []string
	for _, at := range places {
		err := filepath.WalkDir(filepath.Join(root, at), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && counts(path) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	slices.Sort(files)
	sum := sha256.New()
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(rel), len(raw))
		sum.Write(raw)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// counts leaves out what is not in the product.
func counts(path string) bool {
	switch {
	case strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, ".test.ts"), strings.HasSuffix(path, ".md"):
		return false
	}
	return !strings.Contains(filepath.ToSlash(path), "/testdata/")
}
