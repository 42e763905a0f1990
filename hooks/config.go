package hooks

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/hooks/machine"
	"kith/hooks/push"
	"kith/internal/gauges"
	firebase "kith/internal/push"
)

// Config is everything that the environment and flags decide, parsed once.
type Config struct {
	Public       fs.FS         // the built app
	PublicFrom   string        // where it comes from, for people
	RateLimits   bool          // off only for measuring
	Console      io.Writer     // where serve says its address; nil: nowhere
	Keys         string        // the file of the transport key; empty: beside the data folder
	ConcernKeys  string        // the file of the keys of concerns; empty: beside the data folder
	CardKeys     string        // the file of the keys of cards; empty: beside the data folder
	TrustedProxy string        // header in which the proxy before us puts the client's address; empty: none
	BackupTo     string        // age's public keys, to which backups are encrypted; empty: none are set
	Log          machine.Lines // which requests are written as lines of JSON
	Firebase     push.Setting  // whether phones are told through Firebase

	// What main knows.
	LogTo   io.Writer      // where these go; nil: nowhere
	Gauges  *gauges.Gauges // what counts; nil: its own
	Version string
	Connect core.DBConnectFunc // how SQLite is opened; nil: as PocketBase does
	Push    firebase.Sender    // what reaches phones; nil: what Firebase is set to, if it is
	Tick    time.Duration      // how often it is looked whether somebody is to be told; 0: only by the job of each minute
}

// ParseConfig reads the environment. built is the app inside the binary;
// beside is the folder of the binary, where a pb_public overrides it.
func ParseConfig(getenv func(string) string, built fs.FS, beside string) (Config, error) {
	c := Config{Public: built, PublicFrom: "the binary", RateLimits: true}
	switch v := getenv("KITH_RATE_LIMITS"); v {
	case "", "on":
	case "off":
		c.RateLimits = false
	default:
		return c, errors.New("KITH_RATE_LIMITS is on or off, not " + v)
	}
	c.Keys, c.ConcernKeys, c.CardKeys = getenv("KITH_KEYS"), getenv("KITH_CONCERN_KEYS"), getenv("KITH_CARD_KEYS")
	switch v := machine.Lines(getenv("KITH_LOG")); v {
	case "":
		c.Log = machine.NoLines
	case machine.NoLines, machine.Failed, machine.All:
		c.Log = v
	default:
		return c, errors.New("KITH_LOG is off, failed or all, not " + string(v))
	}
	c.BackupTo = getenv("KITH_BACKUP_TO")
	c.Firebase.Credentials, c.Firebase.Wrong = firebase.Read(getenv)
	c.TrustedProxy = getenv("KITH_TRUSTED_PROXY")
	if strings.ContainsAny(c.TrustedProxy, " :,") {
		return c, errors.New("KITH_TRUSTED_PROXY is the name of one header, such as X-Real-IP")
	}
	dir := filepath.Join(beside, "pb_public")
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err == nil {
		c.Public, c.PublicFrom = os.DirFS(dir), dir
	}
	return c, nil
}

// String says the configuration; it holds no secret.
func (c Config) String() string {
	limits := "on"
	if !c.RateLimits {
		limits = "off"
	}
	proxy := c.TrustedProxy
	if proxy == "" {
		proxy = "none"
	}
	beside := func(file string) string {
		if file == "" {
			return "beside the data folder"
		}
		return file
	}
	backups := c.BackupTo
	if backups == "" {
		backups = "nobody yet"
	}
	return "app from " + c.PublicFrom + ", rate limits " + limits + ", trusted proxy header " + proxy + ", transport key " + beside(c.Keys) +
		", concern keys " + beside(c.ConcernKeys) + ", card keys " + beside(c.CardKeys) + ", backups for " + backups + ", push " + c.Firebase.String()
}
