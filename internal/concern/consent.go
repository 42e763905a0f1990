package concern

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Bounds in characters.
const (
	maxArea   = 80
	maxWords  = 1000
	maxName   = 80
	maxReach  = 120
	maxBest   = 80
	maxWhy    = 500
	maxRang   = 40
	maxFirst  = 40
	maxNotice = 8
)

// Concern is what somebody noticed, as it stands inside of an envelope.
type Concern struct {
	V        int       `json:"v"`
	Asked    string    `json:"asked"` // what the person said who it is about: Agreed, …
	Noticed  []string  `json:"noticed"`
	Since    string    `json:"since"`
	Words    string    `json:"words"`
	Rang     string    `json:"rang"` // the helpline that they rang together
	Person   *Person   `json:"person,omitempty"`
	Override *Override `json:"override,omitempty"`
	By       By        `json:"by"`
	At       string    `json:"at"`
}

// Person is who it is about: there only on the basis that Check asks for.
type Person struct {
	Name  string `json:"name"`
	Reach string `json:"reach"`
	Best  string `json:"best"`
}

// Override is why somebody is named who did not agree.
type Override struct {
	Ground string `json:"ground"`
	Why    string `json:"why"`
}

// By is who noticed it. It is nowhere but here.
type By struct {
	Member    string `json:"member"`
	Device    string `json:"device"`
	Shop      string `json:"shop"`
	FirstName string `json:"firstName"`
}

// What was answered to "Is it OK to ask?".
const (
	Agreed     = "agreed"
	Refused    = "refused"
	NotYet     = "notYet"
	CantSafely = "cantSafely"
)

// Grounds of an override.
const (
	SeriousRisk    = "seriousRisk"
	LackOfCapacity = "lackOfCapacity"
)

var (
	answers  = []string{Agreed, Refused, NotYet, CantSafely}
	grounds  = []string{SeriousRisk, LackOfCapacity}
	observed = []string{"missed", "selfCare", "confused", "lonely", "bereaved", "money", "diagnosis", "other"}
	spans    = []string{"today", "days", "weeks", "months", "unsure"}
)

// Why a concern is refused. ErrMissing: somebody is named without a basis.
// ErrConsent: what it says of consent isn't whole, or contradicts itself.
// ErrInvalid: it isn't as an app makes it. ErrText: its words have characters that
// no words have, or are too many.
var (
	ErrMissing = errors.New("concern: named without a basis")
	ErrConsent = errors.New("concern: consent is not whole")
	ErrInvalid = errors.New("concern: invalid")
	ErrText    = errors.New("concern: text")
)

// Read reads the plaintext of a concern, of exactly these keys.
func Read(plain []byte) (*Concern, error) {
	c := &Concern{}
	if len(plain) > MaxPlain || strict(plain, c) != nil {
		return nil, ErrInvalid
	}
	return c, nil
}

// Verdict is what follows from who is named on which basis.
type Verdict struct {
	Named bool // somebody is named
	Lead  bool // for the safeguarding lead alone: they did not agree
}

// Check is the whole of the consent rules:
//
//	agreed                 a name, and how to reach them; no override
//	not agreed             nobody is named
//	not agreed, override   a name, a ground, a reason in words: for the lead alone
//
// Urgency changes none of it.
func (c *Concern) Check() (Verdict, error) {
	if err := c.shape(); err != nil {
		return Verdict{}, err
	}
	v := Verdict{Named: c.Person != nil, Lead: c.Override != nil}
	switch {
	case c.Asked != Agreed && c.Override == nil && c.Person != nil:
		return Verdict{}, ErrMissing
	case c.Asked == Agreed && (c.Override != nil || c.Person == nil):
		return Verdict{}, ErrConsent
	case c.Override != nil && (c.Person == nil || !slices.Contains(grounds, c.Override.Ground) || blank(c.Override.Why)):
		return Verdict{}, ErrConsent
	case c.Person != nil && normalised(c.Person.Name) == "":
		return Verdict{}, ErrConsent
	}
	return v, c.texts()
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// shape holds everything but consent and the characters of its words.
func (c *Concern) shape() error {
	_, errAt := time.Parse("2006-01-02T15:04:05.000Z", c.At)
	ok := c.V == 1 && errAt == nil && slices.Contains(answers, c.Asked) && slices.Contains(spans, c.Since) &&
		len(c.Noticed) > 0 && len(c.Noticed) <= maxNotice &&
		idShape.MatchString(c.By.Member) && idShape.MatchString(c.By.Device) && (c.By.Shop == "" || idShape.MatchString(c.By.Shop))
	for i, n := range c.Noticed {
		ok = ok && slices.Contains(observed, n) && !slices.Contains(c.Noticed[:i], n)
	}
	if !ok {
		return ErrInvalid
	}
	return nil
}

func (c *Concern) texts() error {
	ok := words(c.Words, maxWords) && line(c.Rang, maxRang) && line(c.By.FirstName, maxFirst)
	if c.Person != nil {
		ok = ok && line(c.Person.Name, maxName) && line(c.Person.Reach, maxReach) && line(c.Person.Best, maxBest)
	}
	if c.Override != nil {
		ok = ok && words(c.Override.Why, maxWhy)
	}
	if !ok {
		return ErrText
	}
	return nil
}
