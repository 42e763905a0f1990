package acting

import (
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/codes"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// NB! A blocked person must not learn of it: what they are told is what anybody
// is told who asks for somebody that isn't there, letter by letter.
var (
	errMemberUnknown = sync.Reject("member_unknown", "This person is not here any more.")
	errHelperUnknown = sync.Reject("helper_unknown", "This helper is not here any more.")
	errOfferUnknown  = sync.Reject("offer_unknown", "This code isn't right, or it has run out. Ask for a new one.")
)

var ways = []string{"inPerson", "phone", "writing", "attorney"}

type recordArgs struct {
	ID      string   `json:"id"`
	Member  string   `json:"member"`
	Helper  string   `json:"helper"`
	How     string   `json:"how"`
	Witness string   `json:"witness"`
	Scopes  []string `json:"scopes"`
	Until   string   `json:"until"`
}

// record writes down what a person agreed to by word, on paper or by law.
func (w Room) record(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[recordArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	phoneless, err := mayRecord(c, args.Helper)
	if err != nil {
		return sync.Result{}, err
	}
	until, err := agreed(c, args.Scopes, args.Until)
	if err != nil {
		return sync.Result{}, err
	}
	if !slices.Contains(ways, args.How) {
		return sync.Result{}, sync.ErrShape
	}
	witness, err := text.Line(args.Witness, limits.ShortText)
	if err != nil {
		return sync.Result{}, sync.Reject("text_invalid", "Who was there has up to 300 letters.")
	}
	if err := w.checkPair(c, args.Member, args.Helper, phoneless); err != nil {
		return sync.Result{}, err
	}
	consent, err := c.Fresh("consents", args.ID, map[string]any{
		"member": args.Member, "helper": args.Helper, "how": args.How, "witness": witness, "scopes": args.Scopes,
		"starts": sync.Stamp(c.OccurredAt), "until": until, "status": "active", "recordedBy": c.Member,
	})
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, w.begin(c, "acting.record", consent)
}

// mayRecord: a coordinator for everybody, an activator for themselves, and for
// somebody without a phone: who has one offers it on their own.
func mayRecord(c *sync.Call, helper string) (phoneless bool, err error) {
	says := sync.Reject("not_allowed", "Only a coordinator can record this, or an activator for themselves.")
	err = c.Allowed(says, "coordinators")
	if err == nil || helper != c.Member {
		return false, err
	}
	activator, other := c.In("activators")
	if other != nil || !activator {
		return false, errors.Join(err, other)
	}
	return true, nil
}

// checkPair: both are here, they are two, and neither wants nothing to do with
// the other.
func (w Room) checkPair(c *sync.Call, member, helper string, phoneless bool) error {
	unknown := errHelperUnknown
	if helper == c.Member { // they know that they are here themselves
		unknown = errMemberUnknown
	}
	if member == helper {
		return sync.Reject("not_yourself", "Nobody can act for themselves. Choose another person.")
	}
	person, err := active(c, member, errMemberUnknown)
	if err != nil {
		return err
	}
	if phoneless && !person.GetBool("noPhone") {
		return errMemberUnknown
	}
	if _, err := active(c, helper, errHelperUnknown); err != nil {
		return err
	}
	apart, err := w.Apart(c, member, helper)
	if err == nil && apart {
		return unknown
	}
	return err
}

// active finds a member who takes part.
func active(c *sync.Call, id string, unknown error) (*core.Record, error) {
	m, err := c.Find("members", id, unknown)
	if err == nil && m.GetString("standing") != "active" {
		return nil, unknown
	}
	return m, err
}

// scopes are what somebody may be let do for another: say that they come; change their
// details; arrange who helps them, in a circle or with a small ask.
var scopes = []string{"visits", "details", "circles"}

// agreed checks for what and until when somebody may act.
func agreed(c *sync.Call, chosen []string, until string) (string, error) {
	if len(chosen) == 0 {
		return "", sync.ErrShape
	}
	for i, s := range chosen {
		if !slices.Contains(scopes, s) || slices.Contains(chosen[:i], s) {
			return "", sync.ErrShape
		}
	}
	t, err := time.Parse(time.RFC3339Nano, until)
	if err != nil || !t.After(c.Now) || t.After(c.Now.AddDate(0, 0, limits.ConsentDays)) {
		return "", sync.Reject("until_invalid", "Choose a day from tomorrow on, at most a year away.")
	}
	return sync.Stamp(t), nil
}

// offer makes a code with which one helper can accept to act for the caller.
func offer(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID       string   `json:"id"`
		CodeHash string   `json:"codeHash"`
		Scopes   []string `json:"scopes"`
		Until    string   `json:"until"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if !codes.IsHash(args.CodeHash) {
		return sync.Result{}, sync.ErrShape
	}
	until, err := agreed(c, args.Scopes, args.Until)
	if err != nil {
		return sync.Result{}, err
	}
	switch _, err := c.App.FindFirstRecordByData("consents", "codeHash", args.CodeHash); {
	case err == nil:
		return sync.Result{}, sync.Reject("id_taken", "This was sent before.")
	case !errors.Is(err, sql.ErrNoRows):
		return sync.Result{}, err
	}
	consent, err := c.Fresh("consents", args.ID, map[string]any{
		"member": c.Member, "how": "self", "scopes": args.Scopes, "starts": sync.Stamp(c.Now), "until": until,
		"status": "offered", "recordedBy": c.Member, "codeHash": args.CodeHash,
	})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(consent); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "acting.offer", consent)
}

// accept makes the caller the helper of whoever gave them the code.
func (w Room) accept(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Code string `json:"code"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	consent, err := c.App.FindFirstRecordByData("consents", "codeHash", codes.Hash(args.Code))
	if errors.Is(err, sql.ErrNoRows) {
		return sync.Result{}, errOfferUnknown
	}
	if err != nil {
		return sync.Result{}, err
	}
	member := consent.GetString("member")
	if consent.GetString("status") != "offered" || ranOut(consent, c.Now) || member == c.Member {
		return sync.Result{}, errOfferUnknown
	}
	if _, err := active(c, member, errOfferUnknown); err != nil {
		return sync.Result{}, err
	}
	apart, err := w.Apart(c, member, c.Member)
	if err != nil {
		return sync.Result{}, err
	}
	if apart {
		return sync.Result{}, errOfferUnknown
	}
	consent.Load(map[string]any{"helper": c.Member, "status": "active", "starts": sync.Stamp(c.Now), "codeHash": ""})
	return sync.Result{Data: map[string]string{"id": consent.Id, "member": member}}, w.begin(c, "acting.accept", consent)
}

// begin saves a consent that holds from now on. It takes the place of an older
// one of the same two, so that ending it ends all.
func (w Room) begin(c *sync.Call, action string, consent *core.Record) error {
	member, helper := consent.GetString("member"), consent.GetString("helper")
	replaced, err := replacePair(c, member, helper)
	if err != nil {
		return err
	}
	if err := c.App.Save(consent); err != nil {
		return err
	}
	if err := tellBoth(c, "acting.began", consent); err != nil {
		return err
	}
	if forCircles(consent) { // they can keep them in order
		if err := notice.Over(c.App.DB(), member, "", "circle.nobody"); err != nil {
			return err
		}
	}
	for _, r := range replaced {
		if err := w.over(c, r); err != nil {
			return err
		}
	}
	return note(c, action, consent)
}
