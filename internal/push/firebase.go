package push

import (
	"context"
	"net/http"

	"firebase.google.com/go/v4/messaging"
	"google.golang.org/api/option"

	"kith/internal/limits"
)

// sdk is the version of the Admin SDK, which it tells Google of itself.
const sdk = "4.22.0"

// Firebase sends through Google, by its own SDK.
type Firebase struct {
	client *messaging.Client
}

// New makes a sender. Nothing is asked of anybody until the first message.
func New(ctx context.Context, c *Credentials) (*Firebase, error) {
	opts := []option.ClientOption{option.WithHTTPClient(&http.Client{Transport: newOnce(c), CheckRedirect: nowhere})}
	if c.Endpoint != "" {
		opts = append(opts, option.WithEndpoint(c.Endpoint+"/v1"))
	}
	client, err := build(ctx, messaging.NewClient, c.Project, opts)
	if err != nil {
		return nil, err
	}
	return &Firebase{client: client}, nil
}

// nowhere follows no redirect: what is meant for Google goes to nobody that an answer names.
func nowhere(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// build calls the SDK's own constructor of its messaging part, whose second argument has
// a type that can't be named from here. The SDK's front door, firebase.NewApp, takes
// Firestore, Storage and the whole of gRPC along: 17 MB of the binary and three
// milliseconds of each start, for four parts that we never call. See docs/adr/0022.
func build[C ~struct {
	Opts      []option.ClientOption
	ProjectID string
	Version   string
}](ctx context.Context, client func(context.Context, *C) (*messaging.Client, error), project string, opts []option.ClientOption) (*messaging.Client, error) {
	return client(ctx, &C{Opts: opts, ProjectID: project, Version: sdk})
}

// Send hands one message over.
func (f *Firebase) Send(ctx context.Context, m Message) error {
	if !m.plain() {
		return &Broken{Code: NotPlain}
	}
	return f.hand(ctx, message(m), f.client.Send, &answer{})
}

// dryRun asks whether a message would be taken, and sends none.
func (f *Firebase) dryRun(ctx context.Context, a *answer) error {
	m := message(Message{N: "check", K: Account})
	m.Token, m.Topic = "", "kith-check" // a topic has no phones in it until one asks to be
	return f.hand(ctx, m, f.client.SendDryRun, a)
}

// hand gives m to the SDK and says what came of it, by what was seen on the wire: the
// SDK's own errors have lost what makes an outcome certain.
func (f *Firebase) hand(ctx context.Context, m *messaging.Message, send func(context.Context, *messaging.Message) (string, error), a *answer) error {
	ctx, cancel := context.WithTimeout(ctx, limits.PushSend)
	defer cancel()
	name, err := send(context.WithValue(ctx, answerKey{}, a), m)
	return a.outcome(name, err)
}

// message is all that ever leaves for Firebase.
func message(m Message) *messaging.Message {
	out := &messaging.Message{
		Data: map[string]string{"v": "1", "n": m.N, "k": m.K},
		Webpush: &messaging.WebpushConfig{Headers: map[string]string{
			"TTL": "86400", "Urgency": urgency(m.K), "Topic": m.K,
		}},
	}
	if m.FID {
		out.Fid = m.To
	} else {
		out.Token = m.To
	}
	return out
}

// urgency says whether a phone is woken from its sleep for a message of that kind.
func urgency(k string) string {
	if k == Task || k == Account {
		return "high"
	}
	return "normal"
}
