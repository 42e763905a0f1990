package concerns

import (
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/problem"
	"kith/internal/seal"
)

// outcome is what became of one letter.
type outcome struct {
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// What can become of a letter. The phone keeps one that is later, and lets go of
// all others.
var (
	taken  = outcome{Outcome: "ok"}
	merged = outcome{Outcome: "merged"}

	invalid     = rejected("letter_invalid", "This can't be read. It may be damaged.")
	notAllowed  = rejected("not_allowed", "Passing on a concern is for those who listen. Ask a coordinator to make you a listener.")
	noBasis     = rejected("consent_missing", "Nobody can be named who has not agreed. Send it without a name, and ask for advice.")
	halfConsent = rejected("consent_invalid", "It doesn't say whether they agreed, or why they are named all the same.")
	wrongBy     = rejected("by_wrong", "This says that it is from somebody else.")
	badText     = rejected("text_invalid", "A text in this has hidden characters, or is too long.")
	pickedUp    = rejected("picked_up", "Somebody has begun to help. It can't be taken back any more.")
	unknown     = rejected("concern_unknown", "There is no such letter here.")
	elsewhere   = later("sealed_elsewhere", "This was sealed to other keys than the server has now. Keep it, and ask the people who run this.")
	basicsFirst = later("basics_first", "Read the training cards first. It is sent by itself then.")
	tooMany     = later("too_many", "That is a lot from one place. It is sent by itself later. If somebody is in danger, ring now.")
	ourFault    = later("internal", "Something is wrong on our side. It will be tried again.")
)

func rejected(code, message string) outcome { return outcome{"rejected", code, message} }
func later(code, message string) outcome    { return outcome{"later", code, message} }

// letters is POST /api/concerns: whoever has a signal brings what they can't read.
// Who brings it doesn't matter and is not asked; the token in each letter says
// whose it is. Each is judged for itself.
func (b *box) letters(e *core.RequestEvent) error {
	now := time.Now()
	if !b.perCarrier.Allow(e.RealIP(), now) {
		return problem.SlowDown.After(limits.Around(5 * time.Second))
	}
	sealed, err := readLetters(e)
	if err != nil {
		return err
	}
	transport, keys := b.keys.Transport.Key(), b.keys.Concerns.Keys()
	if transport == nil || keys == nil {
		return problem.ConcernsOff.After(limits.Around(10 * time.Minute))
	}
	select {
	case b.places <- struct{}{}:
		defer func() { <-b.places }()
	default:
		return problem.Busy.After(limits.Around(limits.BusyFirst))
	}
	outcomes := make([]outcome, len(sealed))
	for i, text := range sealed {
		outcomes[i] = b.letter(e, transport, keys, text, now)
	}
	var epoch string
	if err := e.App.DB().NewQuery("SELECT epoch FROM sync_meta").Row(&epoch); err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]any{"epoch": epoch, "outcomes": outcomes})
}

func readLetters(e *core.RequestEvent) ([]string, error) {
	var body struct {
		Letters []string `json:"letters"`
	}
	if err := problem.Body(e.Request.Body, &body); err != nil {
		return nil, err
	}
	if len(body.Letters) == 0 || len(body.Letters) > limits.LettersPerRequest {
		return nil, problem.BodyInvalid.Saying("The request has a wrong number of letters.")
	}
	return body.Letters, nil
}

// letter opens one, asks whose it is, and takes it in.
func (b *box) letter(e *core.RequestEvent, transport *seal.Key, keys *concern.Keys, text string, now time.Time) outcome {
	blob, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return invalid
	}
	plain, err := transport.OpenFor(concern.InfoLetter, blob)
	if errors.Is(err, seal.ErrOtherKey) {
		return elsewhere
	}
	if err != nil {
		return invalid
	}
	l, envelope, err := concern.ReadLetter(plain)
	if err != nil {
		return invalid
	}
	// Whose it is, by the token and the proof that were sealed in it.
	who, err := b.doorman.Sealed(e, l.Token, l.Proof, now)
	if err != nil {
		return refusal(e, err)
	}
	out := ourFault
	err = e.App.RunInTransaction(func(tx core.App) (err error) {
		if err := b.doorman.May(tx, who); err != nil {
			return err
		}
		t := &taking{box: b, tx: tx, keys: keys, who: who, says: l.Says, envelope: envelope, now: now}
		out, err = t.take()
		return err
	})
	if err != nil {
		return refusal(e, err)
	}
	return out
}

// refusal is what the doorman said, or that the fault is ours.
func refusal(e *core.RequestEvent, err error) outcome {
	var p *problem.Problem
	switch {
	case !errors.As(err, &p) || p.Status >= http.StatusInternalServerError:
		// NB! Neither whose it was nor what the database said of its values.
		e.App.Logger().Error("a letter could not be taken in; its phone keeps it")
		return ourFault
	case p.Status == http.StatusTooManyRequests:
		return later(p.Code, p.Message)
	}
	return rejected(p.Code, p.Message)
}
