package limits

import "time"

// Push through Firebase.
const (
	// PushSend is how long one message may take to be handed over, token and all. Google
	// asks senders to wait 10 seconds at least before they take a message for lost; the
	// outbox holds one for a minute.
	PushSend = 20 * time.Second
	// PushPing finds a connection that died without a word, within two of them.
	PushPing = 10 * time.Second
	// PushAnswer bounds an answer of Google's, which is under 2 kB.
	PushAnswer = 64 << 10
	// PushTokenSpare is how long before its end a token is renewed; it holds an hour.
	PushTokenSpare = time.Minute
	// PushQuota is what to wait after a 429 that names no time, by Google's advice for
	// senders; PushAfter bounds what an answer may ask for.
	PushQuota = time.Minute
	PushAfter = 24 * time.Hour
)
