package waysin

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mdp/qrterminal/v3"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"kith/internal/audit"
)

// InviteCommand is `kith invite`: how the first coordinator comes in, and any
// number of residents from one poster.
func InviteCommand(app core.App) *cobra.Command {
	in := Invite{}
	var days int
	var address, shop string
	c := &cobra.Command{
		Use:   "invite",
		Short: "Makes an invite and prints its link, code and QR",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := in.check(app, days, shop); err != nil {
				return err
			}
			address, err := addressOf(app, address)
			if err != nil {
				return err
			}
			now := time.Now()
			in.Until = now.AddDate(0, 0, days)
			code, err := in.issue(app, now)
			if err != nil {
				return err
			}
			link := joinLink(address, code)
			qrterminal.GenerateHalfBlock(link, qrterminal.M, os.Stdout)
			fmt.Printf("%s for %d, until %s\n\n  %s\n  code %s\n", in.Role, in.Uses, in.Until.Format("2 January 2006"), link, code)
			if loopback(address) {
				fmt.Println("\nThat address is this machine alone. For a phone: --address https://…, where people reach this server.")
			}
			return nil
		},
	}
	c.Flags().StringVar(&in.Role, "role", "resident", strings.Join(Roles, ", "))
	c.Flags().StringVar(&shop, "shop", "", "of which shop, by name or id: for an owner or staff")
	c.Flags().IntVar(&in.Uses, "uses", 1, "how many devices may join with it")
	c.Flags().IntVar(&days, "days", 14, "how long it is good")
	c.Flags().StringVar(&address, "address", "", "where people reach this server (default: where it last listened)")
	return c
}

// issue makes an invite, and notes that it was made here.
func (in Invite) issue(app core.App, now time.Time) (code string, err error) {
	err = app.RunInTransaction(func(tx core.App) error {
		if code, err = NewInvite(tx, in, now); err != nil {
			return err
		}
		return audit.Append(tx.DB(), audit.Entry{
			At: now, Actor: audit.Console, Action: "invites.make", Detail: map[string]string{"role": in.Role, "shop": in.Shop, "uses": strconv.Itoa(in.Uses)},
		})
	})
	return code, err
}

// check holds what was typed to what an invite can be.
func (in *Invite) check(app core.App, days int, shop string) error {
	if in.Uses < 1 || in.Uses > 10_000 || days < 1 || days > 366 {
		return fmt.Errorf("an invite is for 1 to 10,000 uses and 1 to 366 days")
	}
	if !slices.Contains(Roles, in.Role) {
		return fmt.Errorf("a role is one of %s, not %q", strings.Join(Roles, ", "), in.Role)
	}
	there, err := app.CountRecords("communities")
	if err != nil {
		return err
	}
	if there == 0 {
		return fmt.Errorf("there is no community in %s: is --dir right? `kith community --name NAME` begins one", app.DataDir())
	}
	if needShop(in.Role) != (shop != "") {
		return fmt.Errorf("an owner and staff are of a shop, which --shop names; others are of none")
	}
	if shop == "" {
		return nil
	}
	found, err := shopsCalled(app, shop)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return fmt.Errorf("%d shops here are called %q", len(found), shop)
	}
	in.Shop = found[0]
	return nil
}

// shopsCalled finds the shops that take part by id or name; where none is called so to
// the letter, capitals don't matter.
func shopsCalled(app core.App, shop string) ([]string, error) {
	all, err := app.FindAllRecords("shops", dbx.NewExp("status <> 'left'"))
	if err != nil {
		return nil, err
	}
	var same, alike []string
	for _, r := range all {
		name := r.GetString("name")
		if r.Id == shop || name == shop {
			same = append(same, r.Id)
		} else if strings.EqualFold(name, strings.TrimSpace(shop)) {
			alike = append(alike, r.Id)
		}
	}
	if len(same) > 0 {
		return same, nil
	}
	return alike, nil
}

// addressFile holds where the server last listened, for the links of invites.
func addressFile(app core.App) string { return filepath.Join(app.DataDir(), "address") }

// addressOf is what was typed, or where the server last listened.
func addressOf(app core.App, typed string) (string, error) {
	if typed == "" {
		last, err := os.ReadFile(addressFile(app))
		if errors.Is(err, os.ErrNotExist) {
			return "http://127.0.0.1:8090", nil
		}
		return strings.TrimSpace(string(last)), err
	}
	if !strings.HasPrefix(typed, "http://") && !strings.HasPrefix(typed, "https://") {
		return "", fmt.Errorf("an address begins with https://, as in https://kith.example.org")
	}
	return typed, nil
}

// loopback says whether an address, of a page or of a listener, is for this
// machine alone.
func loopback(address string) bool {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		address = u.Host
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// NB! The code is behind #: it never travels to a server in an address.
func joinLink(address, code string) string {
	return strings.TrimSuffix(address, "/") + "/join#" + code
}

// greet prints where the server is. With the demo town, and only where nobody
// but this machine can ask, it also prints a link per demo person.
func greet(to io.Writer, app core.App, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	address := "http://" + net.JoinHostPort(host, port)
	if port == "https" || port == "443" {
		address = "https://" + host
	}
	if err := os.WriteFile(addressFile(app), []byte(address+"\n"), 0o600); err != nil {
		return err
	}
	links, err := personas(app, addr, address, time.Now())
	if err != nil {
		return err
	}
	qrterminal.GenerateHalfBlock(address, qrterminal.L, to)
	fmt.Fprintf(to, "Kith is at %s\n", address)
	if !app.Settings().SMTP.Enabled {
		fmt.Fprintf(to, "No mail server is set up: mails are kept in %s, a file each.\n", mailFolder(app))
	}
	if links != "" {
		fmt.Fprintf(to, "This is the demo town. Open a link to be that person in that browser:\n%s", links)
	}
	return nil
}

// personas replaces the demo people's invites by fresh ones of half a day. Off
// loopback, or without the demo town, there are none left.
func personas(app core.App, listen, address string, now time.Time) (string, error) {
	var links strings.Builder
	err := app.RunInTransaction(func(tx core.App) error {
		if _, err := tx.DB().Delete("invites", dbx.HashExp{"demo": true}).Execute(); err != nil {
			return err
		}
		demo, err := tx.CountRecords("communities", dbx.HashExp{"demo": true})
		if err != nil || demo == 0 || !loopback(listen) {
			return err
		}
		return eachPersona(tx, func(member *core.Record, role string) error {
			code, err := NewInvite(tx, Invite{Role: "resident", Member: member.Id, Uses: 1000, Until: now.Add(12 * time.Hour), Demo: true}, now)
			fmt.Fprintf(&links, "  %-12s %-10s %s\n", role, member.GetString("firstName"), joinLink(address, code))
			return err
		})
	})
	return links.String(), err
}

// eachPersona walks the seeded members who have a phone: one resident, and
// everybody who has a role.
func eachPersona(app core.App, do func(member *core.Record, role string) error) error {
	members, err := app.FindRecordsByFilter("members", "standing = 'active' && noPhone = false", "created,id", 20, 0)
	if err != nil {
		return err
	}
	resident := false
	for _, m := range members {
		roles, err := rolesOf(app, m.Id)
		if err != nil {
			return err
		}
		role := roles[len(roles)-1]
		if role == "resident" && resident {
			continue
		}
		resident = resident || role == "resident"
		if err := do(m, role); err != nil {
			return err
		}
	}
	return nil
}
