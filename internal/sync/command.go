package sync

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/strict"
)

// Command is one thing a person did, as their device tells it.
type Command struct {
	Number int64           `json:"number"`
	Nonce  string          `json:"nonce"`
	Name   string          `json:"name"`
	V      int             `json:"v"`
	Args   json.RawMessage `json:"args"`
	At     string          `json:"at"`
	Offset int64           `json:"offset"` // milliseconds to add to At
	Seen   int64           `json:"seen"`   // seq the person was looking at
	For    string          `json:"for"`    // the member for whom it was done; empty: the sender themselves
}

// Call is a command being carried out, inside its transaction. A handler is
// deterministic: it reads neither clock nor network nor randomness, only this.
type Call struct {
	App        core.App // the transaction; NB! never another app inside a handler
	Member     string   // whose command it is: their rights count, and it is done to what is theirs
	Helper     string   // who sent it, acting for Member; empty: Member themselves
	Device     string
	Nonce      string
	Args       json.RawMessage
	Now        time.Time // arrival
	OccurredAt time.Time // the phone's clock, held between seen and arrival
	Clock      string    // "good", or "early"/"late" where it had to be held

	declared *Declaration
	trusted  bool // the request came from a trusted device, and proved it
	ask      func(statement string, params dbx.Params) *dbx.Query
}

// Ask is a statement inside the transaction with its parameters; the same text,
// asked again by another command of the same push, isn't taken apart again.
func (c *Call) Ask(statement string, params dbx.Params) *dbx.Query {
	if c.ask == nil { // a call that no push made
		return c.App.DB().NewQuery(statement).Bind(params)
	}
	return c.ask(statement, params)
}

// Result of a handler that did what was asked. Data is told to the device.
type Result struct {
	Merged bool
	Data   any
	Last   bool // the member is gone: nothing later of the same push is carried out
}

// Handler carries out one kind of command. It returns a *Rejection for what the
// person can understand and mend; any other error is our fault, undoes the
// command and has it tried again.
type Handler func(*Call) (Result, error)

// Rejection is a command refused for good, with a stable code and a sentence.
type Rejection struct{ Code, Message string }

func (r *Rejection) Error() string { return r.Code + ": " + r.Message }

// Reject refuses a command.
func Reject(code, message string) error { return &Rejection{code, message} }

// In says whether the member is in an audience, as of this transaction: the way
// a handler asks for a right.
//
// NB! It is Member's right that is asked for, never Helper's.
func (c *Call) In(aud string) (bool, error) {
	var n int
	err := c.Ask("SELECT count(*) FROM sync_grant WHERE member = {:member} AND aud = {:aud}", dbx.Params{"member": c.Member, "aud": aud}).Row(&n)
	if err != nil || n == 0 || c.trusted || c.declared == nil || !c.declared.Guards(aud) {
		return n > 0, err
	}
	return false, Reject("device_not_enrolled", "Confirm this device with a code by e-mail first.")
}

// Registry is what features declare: their audiences, their commands, and how
// long they keep what.
type Registry struct {
	Declaration
	Commands
	Keepings []Keeping // why rows are kept, for how long, and what erasure does
	// Acting says whether a call's Helper may act for its Member under a scope,
	// now; its Rejection is told. Without it nobody may act for anybody.
	Acting func(c *Call, scope string) error
	// Acted notes a command that was done for somebody; if it can't be noted, it
	// is not done.
	Acted func(c *Call, name string) error
}

// Sync declares a collection.
func (r *Registry) Sync(c Collection) { r.Collections = append(r.Collections, c) }

// Grant declares who comes into an audience.
func (r *Registry) Grant(g Grant) { r.Grants = append(r.Grants, g) }

// Prioritise orders a kind of audience; lower goes first.
func (r *Registry) Prioritise(kind string, p int) {
	if r.Priorities == nil {
		r.Priorities = map[string]int{}
	}
	r.Priorities[kind] = p
}

// Guard keeps kinds of audience from all but trusted devices: a right can hang on
// the device, not only on the person.
func (r *Registry) Guard(kinds ...string) {
	if r.Guarded == nil {
		r.Guarded = map[string]bool{}
	}
	for _, k := range kinds {
		r.Guarded[k] = true
	}
}

// Lease bounds how long a device that hears nothing may hold a kind of audience.
func (r *Registry) Lease(kind string, d time.Duration) {
	if r.Leases == nil {
		r.Leases = map[string]time.Duration{}
	}
	r.Leases[kind] = d
}

// Trust says by SQL with one parameter, a device's id, whether it is to be
// trusted with what is guarded, if its request also proves that it is itself.
func (r *Registry) Trust(query string) { r.Trusted = query }

// Commands is the table of everything a device can ask for.
type Commands struct {
	handlers map[string]Handler
	scopes   map[string]string // of the commands that may be done for somebody else
}

// Handle adds a command; a name that is taken is a programming error.
func (c *Commands) Handle(name string, h Handler) {
	if c.handlers == nil {
		c.handlers = map[string]Handler{}
	}
	if _, taken := c.handlers[name]; taken {
		panic("sync: two handlers for " + name)
	}
	c.handlers[name] = h
}

// HandleFor adds a command that may also be done for somebody else, by a helper
// whom they let act for them under scope.
func (c *Commands) HandleFor(scope, name string, h Handler) {
	c.Handle(name, h)
	if c.scopes == nil {
		c.scopes = map[string]string{}
	}
	c.scopes[name] = scope
}

// Names of all commands.
func (c *Commands) Names() []string {
	names := make([]string, 0, len(c.handlers))
	for n := range c.handlers {
		names = append(names, n)
	}
	return names
}

// call runs a handler; a panic is an error like any other fault of ours.
func (c *Registry) call(name string, call *Call) (res Result, err error) {
	if len(call.Args) > limits.CommandArgs {
		return res, Reject("too_large", "That is more than fits. Shorten it and send it again.")
	}
	h, ok := c.handlers[name]
	if !ok {
		return res, Reject("command_unknown", "This version of the server does not know that. Update it, or the app.")
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in %s: %v", name, p)
		}
	}()
	if call.Helper == "" {
		return h(call)
	}
	if err := c.mayAct(name, call); err != nil {
		return res, err
	}
	if res, err = h(call); err != nil || c.Acted == nil {
		return res, err
	}
	return res, c.Acted(call, name)
}

// mayAct refuses what a helper does without the person's leave, and what nobody
// can do for another.
func (c *Registry) mayAct(name string, call *Call) error {
	scope, can := c.scopes[name]
	if !can || c.Acting == nil {
		return Reject("not_acting", "You are not recorded as acting for this person, or that has ended.")
	}
	return c.Acting(call, scope)
}

// Args reads the arguments of a call into T, refusing what does not fit.
func Args[T any](c *Call) (args T, err error) {
	if strict.Read(c.Args, &args) != nil {
		return args, Reject("args_invalid", "The app sent something the server could not read.")
	}
	return args, nil
}

// IDArg reads the arguments of a call that names one row, as it was sent.
func IDArg(c *Call) (id string, err error) {
	args, err := Args[struct {
		ID string `json:"id"`
	}](c)
	return args.ID, err
}

func rejection(err error) *Rejection {
	var r *Rejection
	if errors.As(err, &r) {
		return r
	}
	return nil
}

var idPattern = regexp.MustCompile(`^[a-z0-9]{15}$`)

// ID checks an id that a device made.
func ID(id string) error {
	if !idPattern.MatchString(id) {
		return Reject("args_invalid", "The app sent something the server could not read.")
	}
	return nil
}

// DerivedID makes an id from what a row is about, for rows that a handler adds
// beside the one the device named: the same command always makes the same rows.
//
// NB! Never of a member where whoever sees the row is not to know which: they could try
// the ids of those they know. A command's nonce will do.
func DerivedID(parts ...string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	id := make([]byte, 15)
	for i := range id {
		id[i] = letters[int(sum[i])%len(letters)]
	}
	return string(id)
}

// known is a command's name, or "unknown" for one that there isn't: what a client
// made up goes no further.
func (c *Commands) known(name string) string {
	if c.handlers[name] == nil {
		return "unknown"
	}
	return name
}
