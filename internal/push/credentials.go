package push

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
)

// Credentials are what it takes to send, and what phones need to know for being sent to.
type Credentials struct {
	Project  string
	Endpoint string // another place than Google's, for tests; empty: Google's
	Web      Web

	email, keyID, tokenURL string
	key                    []byte // PEM
}

// Web is what the console of Firebase shows of a web app. None of it is a secret: every
// phone of the community is told.
type Web struct {
	APIKey            string `json:"apiKey"`
	AppID             string `json:"appId"`
	ProjectID         string `json:"projectId"`
	MessagingSenderID string `json:"messagingSenderId"`
	VapidKey          string `json:"vapidKey"`
}

// String says the configuration, without any secret.
func (c *Credentials) String() string {
	if c == nil {
		return "off"
	}
	if c.Endpoint != "" {
		return "for project " + c.Project + " at " + c.Endpoint
	}
	return "for project " + c.Project
}

// googleTokens is where Google's service accounts get their tokens.
const googleTokens = "https://oauth2.googleapis.com/token"

// Read reads KITH_FCM and KITH_FCM_WEB, each a path or what such a file holds, and
// KITH_FCM_ENDPOINT. Without any of them there is no push, which is nil and no error.
func Read(getenv func(string) string) (*Credentials, error) {
	account, web, endpoint := getenv("KITH_FCM"), getenv("KITH_FCM_WEB"), getenv("KITH_FCM_ENDPOINT")
	switch {
	case account == "" && web == "" && endpoint == "":
		return nil, nil
	case account == "":
		return nil, errors.New("KITH_FCM is missing: it names the key file of the service account, which Firebase's console makes")
	case web == "":
		return nil, errors.New("KITH_FCM_WEB is missing: without the settings of the web app no phone can be registered")
	}
	c := &Credentials{Endpoint: strings.TrimSuffix(endpoint, "/")}
	if err := c.readAccount(account); err != nil {
		return nil, err
	}
	if err := c.Web.read(web); err != nil {
		return nil, err
	}
	if c.Web.ProjectID != c.Project {
		return nil, fmt.Errorf("KITH_FCM is of the project %s and KITH_FCM_WEB of %s: take both from one project", c.Project, c.Web.ProjectID)
	}
	for name, at := range map[string]string{"KITH_FCM_ENDPOINT": c.Endpoint, "the token_uri of KITH_FCM": c.tokenURL} {
		if err := safe(name, at); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// readAccount reads the key file of a service account.
func (c *Credentials) readAccount(from string) error {
	var f struct {
		Type         string `json:"type"`
		ProjectID    string `json:"project_id"`
		PrivateKeyID string `json:"private_key_id"`
		PrivateKey   string `json:"private_key"`
		ClientEmail  string `json:"client_email"`
		TokenURI     string `json:"token_uri"`
	}
	text, err := contents("KITH_FCM", from)
	if err != nil {
		return err
	}
	if json.Unmarshal(text, &f) != nil {
		return errors.New("KITH_FCM is no JSON: is it the file as it was downloaded?") // NB! Not the error itself: it could quote a secret.
	}
	if f.Type != "service_account" || f.ProjectID == "" || f.PrivateKey == "" || f.ClientEmail == "" {
		return errors.New("KITH_FCM is not the key file of a service account: in Firebase's console, Project settings, Service accounts, make a new private key")
	}
	if !isKey([]byte(f.PrivateKey)) {
		return errors.New("the private key in KITH_FCM can't be read: was the file changed, or cut off? Download a new one")
	}
	c.Project, c.email, c.keyID, c.tokenURL, c.key = f.ProjectID, f.ClientEmail, f.PrivateKeyID, f.TokenURI, []byte(f.PrivateKey)
	if c.tokenURL == "" {
		c.tokenURL = googleTokens
	}
	return nil
}

// isKey says whether text is an RSA key as Google writes it.
func isKey(text []byte) bool {
	block, _ := pem.Decode(text)
	if block == nil {
		return false
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	_, rsa := key.(*rsa.PrivateKey)
	return err == nil && rsa
}

var (
	digits = regexp.MustCompile(`^[0-9]+$`)
	// shown is a line of the settings as the console shows them, which is a piece of script.
	shown = regexp.MustCompile(`["']?\b(apiKey|appId|projectId|messagingSenderId|vapidKey)\b["']?\s*:\s*["']([^"'\n]*)["']`)
)

func (w *Web) read(from string) error {
	text, err := contents("KITH_FCM_WEB", from)
	if err != nil {
		return err
	}
	of := map[string]*string{"apiKey": &w.APIKey, "appId": &w.AppID, "projectId": &w.ProjectID, "messagingSenderId": &w.MessagingSenderID, "vapidKey": &w.VapidKey}
	for _, line := range shown.FindAllStringSubmatch(string(text), -1) {
		*of[line[1]] = line[2]
	}
	return w.check()
}

// check says what is missing, and where it is found.
func (w *Web) check() error {
	const where = ": copy it from Firebase's console, Project settings"
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(w.VapidKey, "="))
	switch {
	case w.APIKey == "":
		return errors.New("KITH_FCM_WEB has no apiKey" + where + ", General")
	case w.AppID == "":
		return errors.New("KITH_FCM_WEB has no appId" + where + ", General")
	case w.ProjectID == "":
		return errors.New("KITH_FCM_WEB has no projectId" + where + ", General")
	case !digits.MatchString(w.MessagingSenderID):
		return errors.New("KITH_FCM_WEB has no messagingSenderId, which is a number" + where + ", General")
	case err != nil || len(key) != 65 || key[0] != 4:
		return errors.New(`KITH_FCM_WEB has no vapidKey, a line such as vapidKey: "BN4…" with 87 characters in it` + where + ", Cloud Messaging, Web Push certificates")
	}
	return nil
}

// contents are what from holds between braces, or a file that it names.
func contents(name, from string) ([]byte, error) {
	if strings.Contains(from, "{") {
		return []byte(from), nil
	}
	text, err := os.ReadFile(from)
	if err != nil {
		var why *os.PathError
		if errors.As(err, &why) {
			err = why.Err // NB! not what it was called: it may be the key itself, in another form
		}
		return nil, fmt.Errorf("%s can't be read: %w. It is the path of a file, or what is in the file as it is, from { to }", name, err)
	}
	return text, nil
}

// safe refuses an address to which a key or a message would go in clear, but on this machine.
func safe(name, at string) error {
	if at == "" {
		return nil
	}
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || (u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname()))) {
		return fmt.Errorf("%s is an address with https://, or http:// on this machine alone", name)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
