package sim

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// removals are the checks of who may do what, each taken away, and the test, or
// the cell of the oracle, that must notice.
var removals = []fault{
	{"a revoked phone is answered", "hooks/doorman/standing.go", []string{
		`case row.Revoked || row.Member != c.Member:`, `case !FAULT && row.Revoked || row.Member != c.Member:`,
	}, "TestOracle_Pull"},
	{"a phone that waits is answered", "hooks/doorman/standing.go", []string{
		`case row.Pending:`, `case !FAULT && row.Pending:`,
	}, "TestOracle_Pull"},
	{"a suspended member is answered", "hooks/doorman/standing.go", []string{
		`case row.Standing == "suspended":`, "case FAULT && row.Standing == \"suspended\":\n\tcase row.Standing == \"suspended\":",
	}, "TestOracle_Pull"},
	{"a member who left is answered", "hooks/doorman/standing.go", []string{
		`case row.Standing != "active":`, "case FAULT && row.Standing == \"moved\":\n\tcase row.Standing != \"active\":",
	}, "TestOracle_Pull"},
	{"a coordinator needs no proof", "hooks/doorman/doorman.go", []string{
		"c.Proven = true\n\treturn c, d.prove(e, known.thumbprint)", "c.Proven = true\n\tif FAULT {\n\t\treturn c, nil\n\t}\n\treturn c, d.prove(e, known.thumbprint)",
	}, "TestOracle_Pull"},
	{"an activator needs no proof", "hooks/doorman/standing.go", []string{
		`return len(k.roles) > 0 }`, `return len(k.roles) > 0 && !(FAULT && k.roles[0] == "activator") }`,
	}, "TestOracle_Pull"},
	{"what is sealed needs no proof", "hooks/doorman/doorman.go", []string{
		"if err != nil || !known.mustProve() {\n\t\treturn c, err\n\t}\n\tif proof ==", "if FAULT || err != nil || !known.mustProve() {\n\t\treturn c, err\n\t}\n\tif proof ==",
	}, "TestOracle_Sealed"},
	{"a proof by any key will do", "hooks/doorman/doorman.go", []string{
		`case p.Key.Thumbprint() != thumbprint ||`, `case !FAULT && p.Key.Thumbprint() != thumbprint ||`,
	}, "TestOracle_Pull"},
	{"a proof of any token will do", "hooks/doorman/doorman.go", []string{
		`p.Access != token.Access(bearer(e.Request)):`, `!FAULT && p.Access != token.Access(bearer(e.Request)):`,
	}, "TestGuarded_AProofIsForOneRequestAndOneToken"},
	{"a pull gives what is guarded to any phone", "internal/sync/pull.go", []string{
		`if !over && (s.isTrusted || !s.decl.Guards(a)) {`, `if !over && (FAULT || s.isTrusted || !s.decl.Guards(a)) {`,
	}, "TestOracle_Pull"},
	{"a live connection is given what is guarded", "internal/sync/hub.go", []string{
		`ctx: ctx, tx: tx, p: p}`, `ctx: ctx, tx: tx, p: p, isTrusted: FAULT}`,
	}, "TestOracle_Live"},
	{"an open connection outlives the enrolment", "hooks/doorman/doorman.go", []string{
		`{row}.pending || {row}.enrolled ||`, `{row}.pending || " + map[bool]string{false: "{row}.enrolled", true: "''"}[FAULT] + " ||`,
	}, "TestGuarded_TheEndOfAnEnrolmentIsNoticedAtOnce"},
	{"a command needs no enrolled phone", "internal/sync/command.go", []string{
		`if err != nil || n == 0 || c.trusted ||`, `if FAULT || err != nil || n == 0 || c.trusted ||`,
	}, "TestOracle_Push/^roles.give$"},
	{"everybody gives roles", "hooks/people/roles.go", []string{
		"errCoordinators, \"coordinators\"); err != nil {\n\t\treturn sync.Result{}, err\n\t}\n\tif err := checkRole", "errCoordinators, \"coordinators\"); err != nil && !FAULT {\n\t\treturn sync.Result{}, err\n\t}\n\tif err := checkRole",
	}, "TestOracle_Push/^roles.give$"},
	{"everybody takes roles", "hooks/people/roles.go", []string{
		`can take a role back."), auds...); err != nil {`, `can take a role back."), auds...); err != nil && !FAULT {`,
	}, "TestOracle_Push/^roles.take$"},
	{"an owner takes the staff of any shop", "hooks/people/roles.go", []string{
		`auds = append(auds, "owners/"+r.GetString("shop"))`, `auds = append(auds, map[bool]string{false: "owners/" + r.GetString("shop"), true: "activators"}[FAULT])`,
	}, "TestOracle_Push/^roles.take,_of_staff$"},
	{"the last coordinator goes", "hooks/people/roles.go", []string{
		`if err == nil && is > 0 && others == 0 {`, `if err == nil && is > 0 && others == 0 && !FAULT {`,
	}, "TestOracle_Push/^roles.take,_of_the_last$"},
	{"everybody suspends", "hooks/people/members.go", []string{
		`c.Allowed(errCoordinators, "coordinators"); err != nil {`, `c.Allowed(errCoordinators, "coordinators"); err != nil && !FAULT {`,
	}, "TestOracle_Push/^people.suspend$"},
	{"everybody adds people", "hooks/people/members.go", []string{
		`c.Allowed(says, "activators"); err != nil {`, `c.Allowed(says, "activators"); err != nil && !FAULT {`,
	}, "TestOracle_Push/^people.add$"},
	{"everybody invites to everything", "hooks/waysin/making.go", []string{
		"if !may {\n\t\treturn sync.Result{}, sync.Reject(\"not_allowed\"", "if !may && !FAULT {\n\t\treturn sync.Result{}, sync.Reject(\"not_allowed\"",
	}, "TestOracle_Push/^invites.make,_of_a_coordinator$"},
	{"an invite outlives its maker's right", "hooks/waysin/invites.go", []string{
		"if !may {\n\t\t\treturn nil, problem.InviteExpired", "if !may && !FAULT {\n\t\t\treturn nil, problem.InviteExpired",
	}, "TestAttack_WhoLostARightHasTakenTheirInvitesAlong"},
	{"everybody revokes any phone", "hooks/waysin/devices.go", []string{
		`if err == nil && !may {`, `if err == nil && !may && !FAULT {`,
	}, "TestOracle_Push/^devices.revoke$"},
	{"a phone is let in without its digits", "hooks/waysin/devices.go", []string{
		`if args.Match == "" || d.GetString("match") != args.Match {`, `if !FAULT && (args.Match == "" || d.GetString("match") != args.Match) {`,
	}, "TestOracle_Push/^devices.admit,_with_wrong_digits$"},
	{"one person is both at the desk", "hooks/waysin/recovery.go", []string{
		`if r.GetString("openedBy") == c.Member ||`, `if !FAULT && r.GetString("openedBy") == c.Member ||`,
	}, "TestOracle_Push/^recovery.confirm$"},
	{"everybody stands at the desk", "hooks/waysin/recovery.go", []string{
		`err == nil && (!may ||`, `err == nil && (!may && !FAULT ||`,
	}, "TestOracle_Push/^recovery.confirm$"},
	{"another address makes a phone somebody's for good", "hooks/waysin/own.go", []string{
		`to != own && !device.GetBool("enrolled"):`, `to != own && !device.GetBool("enrolled") && !FAULT:`,
	}, "TestOracle_Rights"},
	{"a helper does what they were not let do", "hooks/acting/acting.go", []string{
		"ON s.value = {:scope}\n", "ON (s.value = {:scope} ` + map[bool]string{true: `OR 1`}[FAULT] + `)\n",
	}, "TestOracle_ForAnother"},
	{"a helper goes on after the end", "hooks/acting/acting.go", []string{
		`AND c.helper = {:helper} AND c.status = 'active'`, "AND c.helper = {:helper} ` + map[bool]string{false: `AND c.status = 'active'`}[FAULT] + `",
	}, "TestOracle_ForAnother"},
	{"a helper goes on after the last day", "hooks/acting/acting.go", []string{
		` AND c.until > {:now})`, " ` + map[bool]string{false: `AND c.until > {:now}`}[FAULT] + `)",
	}, "TestOracle_ForAnother"},
	{"an activator records any helper", "hooks/acting/begin.go", []string{
		`if err == nil || helper != c.Member {`, `if err == nil || helper != c.Member && !FAULT {`,
	}, "TestOracle_Push/^acting.record$"},
	{"an activator records for who has a phone", "hooks/acting/begin.go", []string{
		`if phoneless && !person.GetBool("noPhone") {`, `if phoneless && !person.GetBool("noPhone") && !FAULT {`,
	}, "TestOracle_Push/^acting.record,_of_a_member_with_a_phone$"},
	{"who is blocked accepts all the same", "hooks/acting/begin.go", []string{
		"if apart {\n", "if apart && !FAULT {\n",
	}, "TestOracle_Push/^acting.accept,_being_blocked$"},
	{"everybody ends any agreement", "hooks/acting/end.go", []string{
		`c.Allowed(unknown, "coordinators"); err != nil {`, `c.Allowed(unknown, "coordinators"); err != nil && !FAULT {`,
	}, "TestOracle_Push/^acting.end$"},
	{"everybody says whose papers they have seen", "hooks/safety/vouches.go", []string{
		`auds...); err != nil {`, `auds...); err != nil && !FAULT {`,
	}, "TestOracle_Push/^safety.vouch,_of_papers$"},
	{"who is blocked is told", "hooks/safety/safety.go", []string{
		"sync.Texts(\"member\", \"blocked\", \"about\"),\n\t\tTo: []sync.Audience{{Key: \"'member/' || {row}.member\"}}", "sync.Texts(\"member\", \"blocked\", \"about\"),\n\t\tTo: []sync.Audience{{Key: map[bool]string{false: \"'member/' || {row}.member\", true: \"'member/' || {row}.whom\"}[FAULT]}}",
	}, "TestOracle_Pull"},
	{"everybody unblocks for another", "hooks/safety/safety.go", []string{
		`if b.GetString("member") != c.Member {`, `if b.GetString("member") != c.Member && !FAULT {`,
	}, "TestOracle_Push/^safety.unblock,_of_another's$"},
	{"everybody closes reports", "hooks/safety/reports.go", []string{
		`c.Allowed(errCoordinators, "coordinators"); err != nil {`, `c.Allowed(errCoordinators, "coordinators"); err != nil && !FAULT {`,
	}, "TestOracle_Push/^reports.close$"},
	{"everybody calls off any visit", "hooks/visits/visits.go", []string{
		`(err == nil && visit.GetString("member") != c.Member)`, `(err == nil && !FAULT && visit.GetString("member") != c.Member)`,
	}, "TestOracle_Push/^visits.cancel$"},
	{"everybody asks a buddy", "hooks/buddies/pairing.go", []string{
		`if err := host(c, args.Listing, errHosts); err != nil {`, `if err := host(c, args.Listing, errHosts); err != nil && !FAULT {`,
	}, "TestOracle_Push/^pairings.ask$"},
	{"who is blocked is put beside who blocked them", "hooks/buddies/pairing.go", []string{
		`case !active || whom != "" && apart:`, `case !active || whom != "" && apart && !FAULT:`,
	}, "TestOracle_Push/^pairings.ask,_with_whom_the_newcomer_blocked$"},
	{"everybody approves buddies", "hooks/buddies/buddies.go", []string{
		`return r, host(c, r.GetString("listing"), unknown)`, "if FAULT {\n\t\treturn r, nil\n\t}\n\treturn r, host(c, r.GetString(\"listing\"), unknown)",
	}, "TestOracle_Push/^buddies.approve$"},
	{"everybody says yes and no for another", "hooks/buddies/answering.go", []string{
		`if p.GetString(column) != c.Member {`, `if p.GetString(column) != c.Member && !FAULT {`,
	}, "TestOracle_Push/^pairings.accept$"},
	{"who was the buddy goes on", "hooks/buddies/answering.go", []string{
		`if p.GetString("status") == s {`, `if FAULT || p.GetString("status") == s {`,
	}, "TestOracle_Push/^pairings.accept,_of_what_was_swapped$"},
	{"everybody says how a call went", "hooks/buddies/calling.go", []string{
		`if m := call.GetString("member"); m == "" || m != c.Member {`, `if m := call.GetString("member"); !FAULT && (m == "" || m != c.Member) {`,
	}, "TestOracle_Push/^calls.done$"},
	{"who was the buddy goes on seeing it", "hooks/buddies/buddies.go", []string{
		`When: "{row}.buddyMember <> '' AND {row}.status IN ('asked', 'open')"`, `When: map[bool]string{true: "{row}.buddyMember <> ''", false: "{row}.buddyMember <> '' AND {row}.status IN ('asked', 'open')"}[FAULT]`,
	}, "TestOracle_Pull"},
	{"everybody sees the call", "hooks/buddies/buddies.go", []string{
		`When: "{row}.toHosts AND {row}.state <> 'void'"`, `When: map[bool]string{true: "TRUE", false: "{row}.toHosts AND {row}.state <> 'void'"}[FAULT]`,
	}, "TestOracle_Pull"},
	{"everybody edits listings", "hooks/listings/commands.go", []string{
		`return r, allowed(c, "host/"+id, "coordinators")`, "if FAULT {\n\t\treturn r, nil\n\t}\n\treturn r, allowed(c, \"host/\"+id, \"coordinators\")",
	}, "TestOracle_Push/^listings.edit$"},
	{"everybody adds listings", "hooks/listings/commands.go", []string{
		`if err := allowed(c, "activators"); err != nil {`, `if err := allowed(c, "activators"); err != nil && !FAULT {`,
	}, "TestOracle_Push/^listings.add$"},
	{"an export needs no proof", "hooks/rights/routes.go", []string{
		`who, err := r.doorman.Proven(e)`, "ask := r.doorman.Proven\n\tif FAULT {\n\t\task = r.doorman.Who\n\t}\n\twho, err := ask(e)",
	}, "TestOracle_Rights"},
	{"everybody reads the record", "hooks/audit/routes.go", []string{
		`case !who.Is("coordinator"):`, `case !FAULT && !who.Is("coordinator"):`,
	}, "TestOracle_Rights"},
	{"the record is read on any phone", "hooks/audit/routes.go", []string{
		`case !who.Trusted():`, `case !FAULT && !who.Trusted():`,
	}, "TestOracle_Rights"},
	{"everybody erases another", "hooks/rights/commands.go", []string{
		`} else if !in {`, `} else if !in && !FAULT {`,
	}, "TestOracle_Push/^people.erase,_without_phone$"},
	{"a coordinator erases who has a phone", "hooks/rights/commands.go", []string{
		`if err == nil && phones > 0 {`, `if err == nil && phones > 0 && !FAULT {`,
	}, "TestOracle_Push/^people.erase,_with_a_phone$"},
	{"PocketBase's own doors are open", "hooks/guard/guard.go", []string{
		`if !inside || dashboard(e) {`, `if FAULT || !inside || dashboard(e) {`,
	}, "TestOracle_Realtime"},
}

// Ensure that the oracle is not blind: each check of who may do what, taken out
// of the real source when this test builds, is missed by a named cell. That
// these pass with all checks in place is what `make unit` says.
func TestFaults_EveryCheckIsMissedWhenItIsTakenAway(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the server again, without its checks")
	}
	start := time.Now()
	bin := build(t, plant(t, removals), "test", "-c", "../hooks")
	shape := shapeFor(t, bin)
	built := time.Since(start)
	turns := make(chan struct{}, 2)
	var all sync.WaitGroup
	for _, f := range removals {
		if !regexp.MustCompile(*onlyFaults).MatchString(f.name) {
			continue
		}
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			miss(t, bin, f, shape)
		})
	}
	all.Wait()
	t.Logf("%d checks in %v, of which building took %v", len(removals), time.Since(start).Round(time.Second), built.Round(time.Second))
	holdTable(t, "removals", tableOfRemovals())
}

// miss runs one test of hooks with one check taken away.
func miss(t *testing.T, bin string, f fault, shape string) {
	cmd := exec.CommandContext(t.Context(), bin, "-test.run=^"+strings.Replace(f.caught, "/", "$/", 1)+map[bool]string{false: "$"}[strings.Contains(f.caught, "/")], "-test.v")
	cmd.Dir, cmd.Env = "../hooks", append(os.Environ(), "KITH_FAULT="+f.name, shape)
	said, err := cmd.CombinedOutput()
	test, cell, _ := strings.Cut(f.caught, "/")
	if cell = strings.Trim(cell, "^$"); cell != "" {
		test += "/" + cell
	}
	why := regexp.MustCompile(`\w+_test\.go:\d+: .*`).Find(said)
	if err == nil || why == nil || !bytes.Contains(said, []byte("--- FAIL: "+test+" ")) {
		t.Errorf("%q is not missed by %s: %v\n%s", f.name, f.caught, err, said[max(0, len(said)-1500):])
		return
	}
	t.Logf("%-50s %.150s", f.name, why)
}

// tableOfRemovals is what README.md says of them.
func tableOfRemovals() string {
	var b strings.Builder
	b.WriteString("<!-- removals -->\n| check that is taken away | in | missed by |\n|---|---|---|\n")
	for _, f := range removals {
		test, cell, _ := strings.Cut(f.caught, "/")
		if cell = strings.Trim(cell, "^$"); cell != "" {
			cell = ", " + strings.ReplaceAll(cell, "_", " ")
		}
		fmt.Fprintf(&b, "| %s | %s | `%s`%s |\n", f.name, f.file, test, cell)
	}
	return b.String() + "<!-- end -->"
}
