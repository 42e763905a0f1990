package fake

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	account = "push@" + Project + ".iam.gserviceaccount.com"
	keyID   = "fakefakefake"
	scope   = "https://www.googleapis.com/auth/firebase.messaging"
)

// key is made once a process: it takes a tenth of a second.
var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // no randomness: nothing of this is worth running
	}
	return k
})

// Credentials are the key file of a service account, for KITH_FCM.
func (s *Server) Credentials() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key())
	if err != nil {
		panic(err) // of a key that we made
	}
	b, _ := json.MarshalIndent(map[string]string{
		"type": "service_account", "project_id": Project, "private_key_id": keyID,
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": account, "token_uri": s.at + "/token",
	}, "", "  ")
	return b
}

// Web are the settings of the web app, for KITH_FCM_WEB.
func (s *Server) Web() []byte {
	vapid, err := ecdh.P256().NewPrivateKey(bytes.Repeat([]byte{7}, 32)) // the same always: a phone that was registered stays so
	if err != nil {
		panic(err) // of a key that we made
	}
	b, _ := json.MarshalIndent(map[string]string{
		"apiKey": "AIzaFakeFakeFake", "appId": "1:100000000001:web:fa4efa4e", "projectId": Project,
		"messagingSenderId": "100000000001", "vapidKey": base64.RawURLEncoding.EncodeToString(vapid.PublicKey().Bytes()),
	}, "", "  ")
	return b
}

// Refusal is what the endpoint of tokens says instead of giving one.
type Refusal struct {
	Status             int
	Error, Description string
}

// What it may say.
var (
	ClockWrong = Refusal{400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."}
	KeyUnknown = Refusal{400, "invalid_grant", "Invalid JWT Signature."}
	NoAccount  = Refusal{400, "invalid_grant", "Invalid grant: account not found"}
	TokensDown = Refusal{503, "internal_failure", ""}
)

// Refuse says what whoever wants a token is told from here on; nil: they get one.
func (s *Server) Refuse(why *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = why
}

// Revoke makes every token that was given worth nothing.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	assertion := r.PostForm.Get("assertion")
	why := s.check(r.PostForm.Get("grant_type"), assertion)
	s.mu.Lock()
	defer s.mu.Unlock()
	claims := ""
	if parts := strings.Split(assertion, "."); len(parts) == 3 {
		b, _ := base64.RawURLEncoding.DecodeString(parts[1])
		claims = string(b)
	}
	s.tokenRaw = append(s.tokenRaw, raw(r, []byte(claims)))
	if s.refuse != nil {
		why = s.refuse
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat))
	if why != nil {
		w.WriteHeader(why.Status)
		fmt.Fprintf(w, `{"error": %q, "error_description": %q}`, why.Error, why.Description)
		return
	}
	given := "ya29." + rand.Text()
	s.tokens[given] = s.Now().Add(time.Hour)
	fmt.Fprintf(w, `{"access_token": %q, "expires_in": 3599, "token_type": "Bearer"}`, given)
}

// check reads the assertion as Google says that it does:
// https://developers.google.com/identity/protocols/oauth2/service-account
func (s *Server) check(grant, assertion string) *Refusal {
	if grant != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		return &Refusal{400, "unsupported_grant_type", "Invalid grant_type: " + grant}
	}
	var claims struct {
		jwt.RegisteredClaims
		Scope string `json:"scope"`
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	if _, err := parser.ParseWithClaims(assertion, &claims, func(*jwt.Token) (any, error) { return &key().PublicKey, nil }); err != nil {
		return &KeyUnknown
	}
	now := s.Now()
	switch {
	case claims.Issuer != account:
		return &NoAccount
	case len(claims.Audience) != 1 || claims.Audience[0] != s.at+"/token":
		return &Refusal{400, "invalid_grant", "Invalid JWT: Failed audience check."}
	case claims.IssuedAt == nil || claims.ExpiresAt == nil || claims.IssuedAt.After(now.Add(5*time.Minute)) ||
		!claims.ExpiresAt.After(now) || claims.ExpiresAt.Sub(claims.IssuedAt.Time) > time.Hour+time.Minute:
		return &ClockWrong
	case claims.Scope != scope:
		return &Refusal{400, "invalid_scope", "Invalid OAuth scope or ID token audience provided."}
	}
	return nil
}

// Tokens is how often one was asked for.
func (s *Server) Tokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tokenRaw)
}
