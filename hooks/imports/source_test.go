package imports_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"kith/hooks/imports"
)

// serve is a town's server on this machine.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestFetch_ReadsAllPagesOfBothVersions(t *testing.T) {
	for name, page := range map[string]func(asked string) string{
		"3.0": func(asked string) string {
			n, _ := strconv.Atoi("0" + asked)
			n = max(n, 1)
			return fmt.Sprintf(`{"total_items":3,"total_pages":3,"page_number":%d,"size":1,"contents":[{"id":"s%d","name":"N","status":"active"}]}`, n, n)
		},
		"1.0 counting from 1": func(asked string) string {
			n, _ := strconv.Atoi("0" + asked)
			n = max(n, 1)
			return fmt.Sprintf(`{"totalElements":3,"totalPages":3,"number":%d,"content":[{"id":"s%d","name":"N"}]}`, n, n)
		},
		"1.0 counting from 0": func(asked string) string {
			n, _ := strconv.Atoi("0" + asked)
			return fmt.Sprintf(`{"totalElements":3,"totalPages":3,"number":%d,"content":[{"id":"s%d","name":"N"}]}`, n, n)
		},
		"1.0 answering from 0, asked from 1": func(asked string) string {
			n, _ := strconv.Atoi("0" + asked)
			n = max(n, 1)
			return fmt.Sprintf(`{"totalElements":3,"totalPages":3,"number":%d,"content":[{"id":"s%d","name":"N"}]}`, n-1, n)
		},
		"without totals": func(asked string) string {
			n, _ := strconv.Atoi("0" + asked)
			n = max(n, 1)
			return fmt.Sprintf(`{"page_number":%d,"last_page":%t,"contents":[{"id":"s%d","name":"N"}]}`, n, n == 3, n)
		},
		"without numbers": func(asked string) string {
			n, _ := strconv.Atoi("0" + asked)
			n = max(n, 1)
			return fmt.Sprintf(`{"total_pages":3,"contents":[{"id":"s%d","name":"N"}]}`, n)
		},
	} {
		t.Run(name, func(t *testing.T) {
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("key") != "k" {
					http.Error(w, "no key", http.StatusForbidden)
					return
				}
				_, _ = io.WriteString(w, page(r.URL.Query().Get("page")))
			})
			counts, report := imported(t, newApp(t), "oruk", address+"/services?key=k")
			expect(t, counts, 3, 3, 0, 0, 0, 0)
			if !strings.HasPrefix(report, "oruk:127.0.0.1:") || strings.Contains(report, "key") {
				t.Error(report)
			}
		})
	}
}

func TestFetch_WhatFailsChangesNothing(t *testing.T) {
	app := newApp(t)
	imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	before := dump(t, app)
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		says    string
	}{
		"500": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			_, _ = io.WriteString(w, twoServices)
		}, "500"},
		"204":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "204"},
		"HTML": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Sign in") }, "web page"},
		"an answer that breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(twoServices)))
			_, _ = io.WriteString(w, twoServices[:80])
		}, "broke off"},
		"redirects in a circle": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) }, "redirected more than 5"},
		"a redirect elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/hostname", http.StatusFound)
		}, "could not be fetched"},
		"the same page for ever": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"total_pages":9,"page_number":1,"contents":[{"id":"a","name":"N"}]}`)
		}, "another page"},
		"the same page for ever, without its number": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"total_pages":9,"contents":[{"id":"a","name":"N"}]}`)
		}, "another page"},
		"a second page that fails": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("page") {
				http.Error(w, "no", http.StatusBadGateway)
			}
			_, _ = io.WriteString(w, `{"total_pages":2,"page_number":1,"contents":[{"id":"a","name":"N"}]}`)
		}, "page 2: the server answered 502"},
		"a second page that is empty": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("page") {
				_, _ = io.WriteString(w, `{"total_pages":2,"page_number":2,"contents":[]}`)
				return
			}
			_, _ = io.WriteString(w, `{"total_pages":2,"page_number":1,"contents":[{"id":"a","name":"N"}]}`)
		}, "page 2"},
		"gzip that unpacks to too much": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 65 {
				_, _ = z.Write([]byte(strings.Repeat(" ", 1<<20)))
			}
			_ = z.Close()
		}, "larger than 64 MB"},
	} {
		stdout, _, err := run(app, "oruk", "--feed", "town", serve(t, c.handler)+"/secret-key/services")
		if err == nil || stdout != "" || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, output %q", name, err, stdout)
		}
		if dump(t, app) != before {
			t.Fatalf("%s changed a row", name)
		}
	}
}

func TestFetch_AServerThatIsAwayIsNamedWithoutItsSecretAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	stdout, _, err := run(newApp(t), "oruk", server.URL+"/secret/services")
	if err == nil || stdout != "" || !strings.Contains(err.Error(), "could not be fetched") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v, output %q", err, stdout)
	}
}

func TestFetch_UnpacksGzip(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, twoServices)
		_ = z.Close()
	})
	counts, _ := imported(t, newApp(t), "oruk", address)
	expect(t, counts, 2, 2, 0, 0, 0, 0)
}

func TestFetch_AFeedThatGivesFewerThanItSaysMarksNothingGone(t *testing.T) {
	app := newApp(t)
	imported(t, app, "oruk", "--feed", "town", file(t, "f", twoServices))
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"total_items":2,"total_pages":1,"page_number":1,"contents":[{"id":"b","name":"Tea","status":"active"}]}`)
	})
	counts, report := imported(t, app, "oruk", "--feed", "town", address)
	expect(t, counts, 1, 0, 0, 1, 0, 0)
	if !strings.Contains(report, "nothing was marked gone") {
		t.Error(report)
	}
}

func TestFetch_TwoFeedsOfOneHostAreTwo(t *testing.T) {
	app := newApp(t)
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `[{"id":"a","name":"%s","status":"active"}]`, r.URL.Path)
	})
	for range 2 {
		imported(t, app, "oruk", address+"/yate/services")
		imported(t, app, "oruk", address+"/bath/services")
	}
	if n := count(t, app, "listings"); n != 2 {
		t.Errorf("%d listings, want one of each feed", n)
	}
	for _, record := range []string{"/yate/services", "/bath/services"} {
		found, err := app.FindFirstRecordByData("listings", "title", record)
		if err != nil || found.GetString("status") != "active" || strings.Contains(found.GetString("source"), "yate") {
			t.Errorf("%s: %v, %v", record, found, err)
		}
	}
}

func TestCommand_WritesTheReportToTheStandardError(t *testing.T) {
	var colourful strings.Builder
	root := &cobra.Command{Use: "kith"}
	root.SetErr(&colourful) // PocketBase's, which ends up on the standard output
	command := imports.Command(newApp(t))
	root.AddCommand(command)
	for _, sub := range command.Commands() {
		if sub.ErrOrStderr() != os.Stderr {
			t.Errorf("%s writes its report elsewhere", sub.Name())
		}
		if err := sub.RunE(sub, nil); err == nil {
			t.Errorf("%s without a file gives no error of its own", sub.Name())
		}
	}
}

func TestSource_RefusesWhatCannotNameAFeed(t *testing.T) {
	app := newApp(t)
	for _, arguments := range [][]string{
		{"oruk", "--feed", "Big Town", "x.json"}, {"oruk", "--feed", strings.Repeat("x", 61), "x.json"},
		{"oruk", "ftp://example.org/x"}, {"oruk", "file:///etc/hostname"}, {"oruk", "https://"}, {"oruk"}, {"oruk", "a", "b"},
	} {
		if stdout, _, err := run(app, arguments...); err == nil || stdout != "" {
			t.Errorf("%v: %v, %q", arguments, err, stdout)
		}
	}
}
