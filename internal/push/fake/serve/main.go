// Serve is the fake Google beside a Kith that somebody tries out: `make run FCM=fake`. It
// writes the credentials that Kith wants, and prints what it is sent, a line each.
//
// An address that begins with gone-, bad-, other-, quota-, busy-, broken- or cut- is answered
// accordingly; any other is a phone that gets everything.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"kith/internal/push/fake"
)

func main() {
	log.SetFlags(0)
	at := flag.String("http", "127.0.0.1:0", "where to answer")
	dir := flag.String("dir", "", "folder for service.json (KITH_FCM) and web.json (KITH_FCM_WEB)")
	flag.Parse()
	if err := serve(*at, *dir); err != nil {
		log.Fatal(err)
	}
}

func serve(at, dir string) error {
	s, err := fake.Start(at)
	if err != nil {
		return err
	}
	if dir != "" {
		if err := write(s, dir); err != nil {
			return err
		}
	}
	fmt.Println("FCM fake at", s.URL())
	s.Decide(byName)
	var one sync.Mutex
	s.Hear(func(r fake.Request) {
		one.Lock()
		defer one.Unlock()
		line, _ := json.Marshal(struct {
			Status int    `json:"status"`
			Body   string `json:"body"`
		}{r.Status, r.Body})
		fmt.Println(string(line))
	})
	select {}
}

func write(s *fake.Server, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "service.json"), s.Credentials(), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "web.json"), s.Web(), 0o600)
}

// byName answers by how an address begins.
func byName(r fake.Request) fake.Answer {
	for begin, a := range map[string]fake.Answer{
		"gone": fake.Unregistered(), "bad": fake.InvalidToken(), "other": fake.SenderMismatch(), "quota": fake.Quota(time.Minute),
		"busy": fake.Unavailable(10 * time.Second), "broken": fake.Internal(), "cut": fake.Cut(),
	} {
		if strings.HasPrefix(r.To, begin+"-") {
			return a
		}
	}
	return fake.OK()
}
