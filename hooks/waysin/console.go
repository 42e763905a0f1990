package waysin

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/mdp/qrterminal/v3"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

// InviteCommand is `kith invite`: how the first coordinator comes in, and any
// number of residents from one poster.
func InviteCommand(app core.App) *cobra.Command {
	in := Invite{}
	var days int
	var address string
	c := &cobra.Command{
		Use:   "invite",
		Short: "Makes an invite and prints its link, code and QR",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if in.Uses < 1 || in.Uses > 10_000 || days < 1 || days > 366 {
				return fmt.Errorf("an invite is for 1 to 10,000 uses and 1 to 366 days")
			}
			if in.Role != "resident" && in.Role != "activator" && in.Role != "coordinator" {
				return fmt.Errorf("a role is resident, activator or coordinator, not %q", in.Role)
			}
			if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
				return fmt.Errorf("an address begins with https://, as in https://kith.example.org")
			}
			there, err := app.CountRecords("communities")
			if err != nil {
				return err
			}
			if there == 0 {
				return fmt.Errorf("there is no community in %s: is --dir right? `kith community --name NAME` begins one", app.DataDir())
			}
			now := time.Now()
			in.Until = now.AddDate(0, 0, days)
			code, err := NewInvite(app, in, now)
			if err != nil {
				return err
			}
			link := joinLink(address, code)
			qrterminal.GenerateHalfBlock(link, qrterminal.M, os.Stdout)
			fmt.Printf("%s for %d, until %s\n\n  %s\n  code %s\n", in.Role, in.Uses, in.Until.Format("2 January 2006"), link, code)
			return nil
		},
	}
	c.Flags().StringVar(&in.Role, "role", "resident", "resident, activator or coordinator")
	c.Flags().IntVar(&in.Uses, "uses", 1, "how many devices may join with it")
	c.Flags().IntVar(&days, "days", 14, "how long it is good")
	c.Flags().StringVar(&address, "address", "http://127.0.0.1:8090", "where people reach this server")
	return c
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
	links, err := personas(app, addr, address, time.Now())
	if err != nil {
		return err
	}
	qrterminal.GenerateHalfBlock(address, qrterminal.L, to)
	fmt.Fprintf(to, "Kith is at %s\n", address)
	if links != "" {
		fmt.Fprintf(to, "This is the demo town. Open a link to be that person in that browser:\n%s", links)
	}
	return nil
}

// personas replaces the demo people's invites by fresh ones of half a day. Off
// loopback, or without the demo town, there are none left.
func personas(app core.App, listen, address string, now time.Time) (string, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return "", err
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	var links strings.Builder
	err = app.RunInTransaction(func(tx core.App) error {
		if _, err := tx.DB().Delete("invites", dbx.HashExp{"demo": true}).Execute(); err != nil {
			return err
		}
		demo, err := tx.CountRecords("communities", dbx.HashExp{"demo": true})
		if err != nil || demo == 0 || !loopback {
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
