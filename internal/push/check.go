package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// Check asks Google whether a message would be taken, sends none, and says in words what
// is wrong, or nothing.
func Check(ctx context.Context, c *Credentials) error {
	f, err := New(ctx, c)
	if err != nil {
		return err
	}
	a := &answer{}
	if err = f.dryRun(ctx, a); err == nil {
		return nil
	}
	return errors.New(c.words(err, a))
}

// words say what stands in the way, and what to do.
func (c *Credentials) words(err error, a *answer) string {
	var later *Later
	var broken *Broken
	switch {
	case errors.As(err, &later):
		return laterWords(later, a)
	case errors.As(err, &broken):
	default:
		return err.Error()
	}
	switch broken.Code {
	case KeyClock:
		return clockWords(a.token, time.Now())
	case KeyRefused:
		return fmt.Sprintf("Google refuses the key in KITH_FCM, of %s: it was deleted in the console, or its account was. Make a new private key there", c.email)
	case APIOff:
		return fmt.Sprintf("Firebase Cloud Messaging is off in the project %s: in Firebase's console, Project settings, Cloud Messaging, enable the API (V1), and wait some minutes", c.Project)
	case NotPermitted:
		return fmt.Sprintf("the account %s may not send messages for the project %s: it needs the role Firebase Cloud Messaging API Admin, or the key is of another project", c.email, c.Project)
	case NoProject:
		return fmt.Sprintf("Google knows no project %s: was it deleted? Else KITH_FCM_ENDPOINT is wrong", c.Project)
	case "UNAUTHENTICATED":
		return "Google gave a token and then refused it: is KITH_FCM_ENDPOINT wrong, or the clock of this machine?"
	}
	return "Google refuses the message: " + broken.Code
}

func laterWords(l *Later, a *answer) string {
	why := a.network
	if why == nil {
		why = a.token
	}
	switch l.Code {
	case Network:
		return fmt.Sprintf("Google can't be reached (%v): is there a network, and may this machine reach oauth2.googleapis.com and fcm.googleapis.com?", why)
	case Timeout:
		return fmt.Sprintf("Google did not answer in time (%v): does a firewall swallow what goes to oauth2.googleapis.com and fcm.googleapis.com?", why)
	case Unreadable:
		return "what answers isn't Google: does a proxy or a sign-in page stand between?"
	}
	return "Google is busy (" + l.Code + "): try again in some minutes. The keys are right so far"
}

// clockWords say by how much this machine's clock is wrong, by the date of Google's answer.
func clockWords(err error, now time.Time) string {
	const wrong = "the clock of this machine is wrong"
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		if at, err := http.ParseTime(refused.Response.Header.Get("Date")); err == nil {
			switch apart := now.Sub(at).Round(time.Minute); {
			case apart > 0:
				return fmt.Sprintf("%s: %s fast. Turn time synchronisation on", wrong, apart)
			case apart < 0:
				return fmt.Sprintf("%s: %s slow. Turn time synchronisation on", wrong, -apart)
			}
		}
	}
	return wrong + ", says Google, or was when it asked. Turn time synchronisation on"
}
