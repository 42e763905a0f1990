package push

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
	"golang.org/x/sync/singleflight"

	"kith/internal/limits"
)

// scope is the least that sending needs.
const scope = "https://www.googleapis.com/auth/firebase.messaging"

// tokens keeps the token that lets us in, and fetches the next before its hour is over.
// However many messages wait for one, it is asked for once.
type tokens struct {
	config jwt.Config
	client *http.Client
	flight singleflight.Group

	mu   sync.Mutex
	kept *oauth2.Token
}

func newTokens(c *Credentials) *tokens {
	return &tokens{
		config: jwt.Config{Email: c.email, PrivateKey: c.key, PrivateKeyID: c.keyID, Scopes: []string{scope}, TokenURL: c.tokenURL},
		client: &http.Client{Transport: way(c.tokenURL), Timeout: limits.PushSend, CheckRedirect: nowhere},
	}
}

// get says also whether the token was fetched just now.
func (t *tokens) get(ctx context.Context) (token *oauth2.Token, fresh bool, err error) {
	t.mu.Lock()
	kept := t.kept
	t.mu.Unlock()
	if kept != nil && time.Until(kept.Expiry) > limits.PushTokenSpare {
		return kept, false, nil
	}
	// NB! Not ctx: whoever came first may go first, and the others still wait for it.
	fetched := t.flight.DoChan("", func() (any, error) {
		got, err := t.config.TokenSource(context.WithValue(context.Background(), oauth2.HTTPClient, t.client)).Token()
		if err != nil {
			return nil, err
		}
		t.mu.Lock()
		t.kept = got
		t.mu.Unlock()
		return got, nil
	})
	select {
	case <-ctx.Done():
		return nil, false, ctx.Err()
	case r := <-fetched:
		if r.Err != nil {
			return nil, false, r.Err
		}
		return r.Val.(*oauth2.Token), true, nil
	}
}

// forget drops a token that was refused, if it is still the one that is kept.
func (t *tokens) forget(token *oauth2.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == token {
		t.kept = nil
	}
}
