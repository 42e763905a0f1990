package waysin

import (
	"cmp"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/codes"
	"kith/internal/problem"
	"kith/internal/sync"
)

// crockford has no I, L, O or U: a code can be read out over a counter.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Roles are what an invite can make somebody.
var Roles = []string{"resident", "listener", "activator", "owner", "staff", "coach", "surgery", "coordinator"}

// oneMore is the role of an invite for one more device of a member.
const oneMore = "member"

// needShop says which roles are of one shop.
func needShop(role string) bool { return role == "owner" || role == "staff" }

// Invite says what a new code lets its bearer become.
type Invite struct {
	Role   string // one of Roles
	Shop   string // of an owner or staff
	Member string // an existing member who gets one more device; else empty
	Uses   int
	Until  time.Time
	Demo   bool
}

// NewInvite stores an invite of this machine's console and returns its code: 80
// random bits as XXXX-XXXX-XXXX-XXXX. Only a hash is kept, so a copy of the
// database opens nothing. Devices that join with it are enrolled: who can make
// one could read the database as well.
func NewInvite(app core.App, in Invite, now time.Time) (string, error) {
	raw := make([]byte, 10)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	code := crockford.EncodeToString(raw)
	r, err := record(app, "invites", map[string]any{
		"codeHash": codes.Hash(code), "role": in.Role, "shop": in.Shop, "member": in.Member, "uses": in.Uses, "usesLeft": in.Uses,
		"expires": sync.Stamp(in.Until), "created": sync.Stamp(now), "demo": in.Demo, "console": true,
	})
	if err != nil {
		return "", err
	}
	if err := app.Save(r); err != nil {
		return "", err
	}
	return strings.Join([]string{code[:4], code[4:8], code[8:12], code[12:]}, "-"), nil
}

func byMember(id string) dbx.Expression { return dbx.HashExp{"member": id} }

// findInvite is the invite of a code that is still good, or says why there is
// none.
func findInvite(app core.App, code string, now time.Time) (*core.Record, error) {
	invite, err := app.FindFirstRecordByData("invites", "codeHash", codes.Hash(code))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, problem.InviteInvalid.Because(nil)
	}
	if err != nil {
		return nil, err
	}
	if invite.GetInt("usesLeft") < 1 || invite.GetBool("ended") || invite.GetString("expires") <= sync.Stamp(now) {
		return nil, problem.InviteExpired.Because(nil)
	}
	if nothing, err := gone(app, invite.GetString("circle"), invite.GetString("listing")); err != nil || nothing {
		return nil, cmp.Or(err, error(problem.InviteExpired.Because(nil)))
	}
	// NB! An invite is worth what its maker may give when it is used: who lost a
	// right, or their place here, has taken their invites along.
	if by := invite.GetString("by"); by != "" || !invite.GetBool("console") {
		may, err := mayStillGive(app, by, invite)
		if err != nil {
			return nil, err
		}
		if !may {
			return nil, problem.InviteExpired.Because(nil)
		}
	}
	return invite, nil
}

// mayStillGive asks the grants as they are now, for a maker who isn't asking.
func mayStillGive(app core.App, by string, invite *core.Record) (bool, error) {
	in := func(aud string) (bool, error) {
		var n int
		err := app.DB().NewQuery("SELECT count(*) FROM sync_grant WHERE member = {:member} AND aud = {:aud}").
			Bind(dbx.Params{"member": by, "aud": aud}).Row(&n)
		return n > 0, err
	}
	if here, err := in("member/" + by); err != nil || !here {
		return false, err
	}
	return mayGive(in, by, gift{
		invite.GetString("role"), invite.GetString("shop"), invite.GetString("member"), invite.GetString("circle"), invite.GetString("listing"),
	})
}

// gift is what an invite gives whoever joins with it.
type gift struct{ role, shop, member, circle, listing string }

// mayGive says who may invite to what: an activator residents, a shop's owner
// their own staff, everybody one more device of their own, a coordinator all; and those
// who organise a circle or run a listing, and nobody else, into that.
func mayGive(in func(aud string) (bool, error), by string, g gift) (bool, error) {
	switch {
	case g.circle != "":
		return in("organise/" + g.circle)
	case g.listing != "":
		return in("host/" + g.listing)
	case g.role == oneMore && g.member == by:
		return true, nil
	case g.role == "resident":
		return in("activators")
	case g.role == "staff":
		if own, err := in("owners/" + g.shop); own || err != nil {
			return own, err
		}
	}
	return in("coordinators")
}
