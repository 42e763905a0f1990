package push

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"

	"kith/internal/limits"
)

// answerKey finds in a request's context where its answer is to be noted.
type answerKey struct{}

// once makes one try of each request, and notes what came back. The SDK would try four
// times more by itself, at once and without jitter, of a message that may have arrived.
// So it is never shown what it tries again for: an error of the network, or a 503.
type once struct {
	base   http.RoundTripper
	tokens *tokens
}

// seen stands in for an answer that the SDK mustn't take into its own hands.
const seen = http.StatusBadGateway

func newOnce(c *Credentials) *once {
	return &once{base: way(c.Endpoint), tokens: newTokens(c)}
}

// way makes connections of HTTP/2. To this machine, which is a test, they have no TLS.
func way(to string) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: limits.PushPing, PingTimeout: limits.PushPing} // a dead connection is noticed before a message is
	t.Protocols = new(http.Protocols)
	if strings.HasPrefix(to, "http://") {
		t.Protocols.SetUnencryptedHTTP2(true)
		return t
	}
	t.Protocols.SetHTTP2(true)
	t.Protocols.SetHTTP1(true) // of a proxy between us and Google that knows no other
	return t
}

// RoundTrip never fails: what went wrong is in the answer that is noted.
func (o *once) RoundTrip(r *http.Request) (*http.Response, error) {
	a, _ := r.Context().Value(answerKey{}).(*answer)
	if a == nil {
		a = &answer{}
	}
	defer func() {
		if r.Body != nil {
			_ = r.Body.Close()
		}
	}()
	token, fresh, err := o.tokens.get(r.Context())
	if err != nil {
		a.token = err
		return stand(r, seen, nil), nil
	}
	ours := r.Clone(r.Context())
	token.SetAuthHeader(ours)
	for _, name := range []string{"X-Firebase-Client", "X-Goog-Api-Client"} { // which SDK, which Go: nobody's business
		ours.Header.Del(name)
	}
	res, err := o.base.RoundTrip(ours)
	if err != nil {
		a.network = err
		return stand(r, seen, nil), nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, limits.PushAnswer))
	if err != nil {
		a.network = err
		return stand(r, seen, nil), nil
	}
	a.status, a.body, a.after = res.StatusCode, body, after(res.Header.Get("Retry-After"), time.Now())
	if res.StatusCode == http.StatusUnauthorized {
		o.tokens.forget(token)
		a.stale = !fresh
	}
	if res.StatusCode == http.StatusServiceUnavailable {
		return stand(r, seen, body), nil
	}
	return stand(r, res.StatusCode, body), nil
}

func stand(r *http.Request, status int, body []byte) *http.Response {
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/2.0", ProtoMajor: 2,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
