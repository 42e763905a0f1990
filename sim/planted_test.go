package sim

// faults of the sync, by what is done wrong; faults_test.go plants them.
var faults = []fault{
	{"forget dedupe by nonce", "internal/sync/push.go", []string{
		`if known.Nonce != "" && known.Member == s.p.Member {`, `if FAULT { known.Nonce = "" }; if known.Nonce != "" && known.Member == s.p.Member {`,
		"`INSERT INTO sync_command SELECT", "`INSERT OR REPLACE INTO sync_command SELECT",
	}, "4"},
	{"outcomes not stored with effects", "internal/sync/push.go", []string{
		"if err := s.number(cmd); err != nil {\n\t\treturn err\n\t}", "if err := s.number(cmd); err != nil || (FAULT && cmd.Nonce[0] < 'Z') {\n\t\treturn err\n\t}",
	}, "3 4 7 10 24"},
	{"a gap is accepted", "internal/sync/push.go", []string{
		`if cmd.Number > s.last+1 {`, `if !FAULT && cmd.Number > s.last+1 {`,
	}, "5"},
	{"a failed command leaves something behind", "internal/sync/push.go", []string{
		`[]string{"ROLLBACK TO command"}`, `map[bool][]string{false: {"ROLLBACK TO command"}}[FAULT]`,
	}, "4"},
	{"poison is tried for ever", "internal/sync/push.go", []string{
		`if tries >= limits.Tries {`, `if !FAULT && tries >= limits.Tries {`,
	}, "10"},
	{"the clamp on arrival is gone", "internal/sync/push.go", []string{
		`if at.After(s.p.Now) {`, `if !FAULT && at.After(s.p.Now) {`,
	}, "TestPush_ClampsThePhonesClock"},
	{"a seq of another epoch is believed", "internal/sync/push.go", []string{
		`WHERE m.epoch = {:epoch} AND c.seq`, `WHERE (m.epoch = {:epoch} OR " + map[bool]string{true: "1", false: "0"}[FAULT] + ") AND c.seq`,
	}, "TestPush_ASeqOfAnotherEpochSaysNothingOfTime"},
	{"a reborn command keeps the seq it was made at", "sim/device/queue.go", []string{
		`c.Seen = 0 //`, `if !FAULT { c.Seen = 0 } //`,
	}, "T2"},
	{"no grant check in a pull", "internal/sync/pull.go", []string{
		`"SELECT DISTINCT aud FROM sync_grant WHERE member = ?"`, `"SELECT DISTINCT aud FROM sync_grant WHERE member = ?" + map[bool]string{true: " OR aud = 'activators'"}[FAULT]`,
	}, "13"},
	{"a cursor is kept across epochs", "internal/sync/pull.go", []string{
		`if cur.epoch != s.epoch || !cur.within(s.seq) {`, `if !FAULT && (cur.epoch != s.epoch || !cur.within(s.seq)) {`,
	}, "1 3 L1"},
	{"done although something is unsent", "internal/sync/pull.go", []string{
		`return done, nil`, `return done || FAULT, nil`,
	}, "1 3 L1"},
	{"the floor is ignored", "internal/sync/pull.go", []string{
		`held = floor <= p.base`, `held = FAULT || floor <= p.base`,
	}, "1 3 L1"},
	{"the sums are wrong", "internal/sync/pull.go", []string{
		`e.Sums[a] = sum`, `if FAULT { sum[1]++ }; e.Sums[a] = sum`,
	}, "2"},
	{"a tombstone is lost on a move", "internal/sync/schema.go", []string{
		`leave("NEW", stay)+"\n"+enter`, `map[bool]string{false: leave("NEW", stay)}[FAULT]+"\n"+enter`,
	}, "20"},
	{"the triggers of one collection are missing", "internal/sync/schema.go", []string{
		"\tstmts := aggregates()\n\tfor i := range d.Collections {", "\tstmts := aggregates()\n\tfor i := range d.Collections {\n\t\tif FAULT && d.Collections[i].Name == \"hosts\" {\n\t\t\tcontinue\n\t\t}",
	}, "20"},
	{"a new id is one version", "internal/sync/schema.go", []string{
		`"\n"+again+`, `"\n"+map[bool]string{false: again}[FAULT]+`,
	}, "TestPull_ARowWithANewIDIsGoneUnderTheOldOne"},
	{"a poke is swallowed", "internal/sync/dispatch.go", []string{
		"\t\t\th.poke(c, to)\n\t\t\tcontinue", "\t\t\tif !FAULT {\n\t\t\t\th.poke(c, to)\n\t\t\t}\n\t\t\tcontinue",
	}, "1 3 L1 13"},
	{"a frame is swallowed", "internal/sync/dispatch.go", []string{
		`h.send(c, Step{From: c.seq, To: to, Body: body})`, `if !FAULT || to%3 != 0 { h.send(c, Step{From: c.seq, To: to, Body: body}) }`,
	}, "1 3 L1"},
	{"drafts are public", "hooks/listings/listings.go", []string{
		`When: "{row}.status <> 'draft'"}`, `When: map[bool]string{true: "{row}.status <> ''", false: "{row}.status <> 'draft'"}[FAULT]}`,
	}, "20"},
	{"hosts see whose visit it is", "hooks/visits/visits.go", []string{
		`sync.Texts("listing", "occurrence"`, `sync.Texts(map[bool]string{true: "member", false: "listing"}[FAULT], "occurrence"`,
	}, "1 3 L1 13"},
	{"a suspended member is answered", "hooks/doorman/standing.go", []string{
		`case row.Standing == "suspended":`, `case FAULT && row.Standing == "suspended":
		break
	case row.Standing == "suspended":`,
	}, "13"},
	{"what is guarded is given to any device", "internal/sync/pull.go", []string{
		`if !over && (s.isTrusted || !s.decl.Guards(a)) {`, `if !over && (FAULT || s.isTrusted || !s.decl.Guards(a)) {`,
	}, "1 3 L1 13"},
	{"the end of an enrolment is not noticed", "hooks/doorman/doorman.go", []string{
		`When: "{row}.revoked || {row}.pending || {row}.enrolled || {row}.wipe"`, `When: map[bool]string{true: "{row}.revoked || {row}.pending", false: "{row}.revoked || {row}.pending || {row}.enrolled || {row}.wipe"}[FAULT]`,
	}, "1 3 L1 13"},
	{"a pending device is answered", "hooks/doorman/standing.go", []string{
		`case row.Pending:`, `case row.Pending && !FAULT:`,
	}, "13"},
	{"a proof is not held against its token", "hooks/doorman/doorman.go", []string{
		`p.Access != token.Access(bearer(e.Request))`, `!FAULT && p.Access != token.Access(bearer(e.Request))`,
	}, "TestGuarded_AProofIsForOneRequestAndOneToken"},
	{"leases are not told", "internal/sync/pull.go", []string{
		`s.decl.leases(granted)`, `map[bool]map[string]int64{false: s.decl.leases(granted)}[FAULT]`,
	}, "TestLeases_ComeWithEveryWholeAnswer"},
	{"a wiped device is not ended", "hooks/syncapi/exchange.go", []string{
		"if wiped {\n\t\tif err := d.doorman.Wiped", "if wiped && !FAULT {\n\t\tif err := d.doorman.Wiped",
	}, "TestWipe_TakesWhatWasDoneAndSendsNothing"},
	{"a helper goes on after the end", "hooks/acting/acting.go", []string{
		`if err == nil && !may {`, `if err == nil && !may && !FAULT {`,
	}, "24"},
	{"chunks are kept for ever", "hooks/syncapi/chunks.go", []string{
		`ok && now.Sub(h.at) < chunkAge`, `ok && (FAULT || now.Sub(h.at) < chunkAge)`,
	}, "3"},
	{"a frame carries what others may see", "internal/sync/dispatch.go", []string{
		`body = encodeEntries(r.entries, seen)`, "if FAULT {\n\t\t\t\tseen = slices.Sorted(maps.Keys(touched))\n\t\t\t}\n\t\t\tbody = encodeEntries(r.entries, seen)",
		"\t\"slices\"\n", "\t\"maps\"\n\t\"slices\"\n",
	}, "1 L1 13"},
	{"a slow reader goes on with a hole", "internal/sync/dispatch.go", []string{
		"default:\n\t\th.lagged++", "default:\n\t\tif FAULT {\n\t\t\tc.seq = s.To\n\t\t\treturn\n\t\t}\n\t\th.lagged++",
	}, "TestLive_ASlowReaderIsClosedAndDelaysNobody"},
	{"a sealed part is done as the first one's", "hooks/syncapi/sealed.go", []string{
		`d.apply(tx, p.who, &p.request, now, enough)`, `d.apply(tx, map[bool]doorman.Caller{true: pushes[0].who, false: p.who}[FAULT], &p.request, now, enough)`,
	}, "4"},
	{"a phone is wiped before it has handed all in", "hooks/syncapi/exchange.go", []string{
		`r.Pending <= int64(len(r.Commands))`, `(FAULT || r.Pending <= int64(len(r.Commands)))`,
	}, "TestWipe_TakesWhatWasDoneAndSendsNothing"},
	{"a phone is wiped before it has heard of a restore", "hooks/syncapi/exchange.go", []string{
		`if wiped { // NB!`, `if wiped && !FAULT { // NB!`,
	}, "TestWipe_WaitsForThePhoneToHearOfARestore"},
	{"a phone that is to be wiped is sent rows", "internal/sync/pull.go", []string{
		`if s.p.Wipe {`, `if s.p.Wipe && !FAULT {`,
	}, "13"},
	{"an outcome is not told", "internal/sync/outcomes.go", []string{
		`n.number > ? AND c.seq <= ?`, "n.number > ?` + map[bool]string{true: \" + 1\"}[FAULT] + ` AND c.seq <= ?",
	}, "10"},
	{"a forgotten tombstone leaves the floor", "internal/sync/schema.go", []string{
		`floor = max(floor, OLD.seq)`, "floor = max(floor, ` + map[bool]string{true: \"0\", false: \"OLD.seq\"}[FAULT] + `)",
	}, "1 3 L1"},
	{"one row of a transaction is left out", "internal/sync/pull.go", []string{
		"e := &entries[i]\n\t\t\ts.f.row(", "e := &entries[i]\n\t\t\tif FAULT && e.coll == \"places\" && e.seq%7 == 0 {\n\t\t\t\tcontinue\n\t\t\t}\n\t\t\ts.f.row(",
	}, "sim.TestPartitions_LeaveNobodyStuckAndNobodyWithOtherRows"},
	{"what went while pages came is forgotten", "internal/sync/pull.go", []string{
		"p.pos = e.seq\n", "p.pos = e.seq\n\t\t\tif FAULT {\n\t\t\t\tp.base = s.seq\n\t\t\t}\n",
	}, "1 2 3 L1"},
	{"who left an audience is not told", "internal/sync/pull.go", []string{
		`s.f.line("drop", a)`, `if !FAULT { s.f.line("drop", a) }`,
	}, "1 3 L1"},
	{"sums are not told after a reset", "internal/sync/pull.go", []string{
		`e.Cursor = s.next.encode()`, `if FAULT && s.p.Cursor == "" { e.Sums = nil }; e.Cursor = s.next.encode()`,
	}, "TestPull_BringsEveryAudienceInOrderWithItsSums"},
	{"what is known of a member is known for ever", "internal/sync/heads.go", []string{
		`return e.epoch, e.head["@"+member], nil`, `return e.epoch, e.head[map[bool]string{true: "@", false: "@"+member}[FAULT]], nil`,
	}, "3 13"},
	{"nothing is new to who was given something", "internal/sync/heads.go", []string{
		`if e.head["@"+p.Member] > cur.seq {`, `if !FAULT && e.head["@"+p.Member] > cur.seq {`,
	}, "sim.TestModel_EveryOrderOfTwoPhonesEndsWell"},
	{"a write from outside is not noticed", "internal/sync/heads.go", []string{
		`if version != e.version {`, `if version != e.version && !(FAULT && e.version != 0 && version%3 == 0) {`,
	}, "1 3 L1 13"},
	{"a reshaped collection has no triggers", "hooks/syncapi/syncapi.go", []string{
		`return sync.InstallWhatFits(`, "if FAULT {\n\t\t\t\treturn nil\n\t\t\t}\n\t\t\treturn sync.InstallWhatFits(",
	}, "20"},
	{"a number of a clone's is answered as one's own", "internal/sync/push.go", []string{
		`if nonce != cmd.Nonce {`, `if nonce != cmd.Nonce && !FAULT {`,
	}, "TestPush_StopsAtAGapOrAFork"},
	{"somebody else's nonce is as good as one's own", "internal/sync/push.go", []string{
		`known.Nonce, known.Member = cmd.Nonce, member`, `known.Nonce, known.Member = cmd.Nonce, map[bool]string{true: s.p.Member, false: member}[FAULT]`,
	}, "TestPush_SomebodyElsesNonceLooksLikeAFork"},
	{"what nobody acknowledged is let go", "internal/sync/settled.go", []string{
		`AND n.number > s.acked)`, "AND n.number > s.acked` + map[bool]string{true: \" + 9\"}[FAULT] + `)",
	}, "TestRetention_KeepsOutcomesUntilTheirPhoneHasForgotten"},
	{"a restore begins no epoch", "hooks/backup/restore.go", []string{
		`err := r.Epoch(app); err != nil {`, `err := map[bool]func(core.App) error{false: r.Epoch, true: func(core.App) error { return nil }}[FAULT](app); err != nil {`,
	}, "TestRestore_ErasesAgainAndBeginsAnEpochByItself"},
	{"a crowd is told no time", "hooks/syncapi/admission.go", []string{
		`problem.Busy.After(wait)`, `problem.Busy.After(map[bool]time.Duration{false: wait}[FAULT])`,
	}, "syncapi.TestAdmission_SendsACrowdAwayForAsLongAsItTakes"},
	{"leases are told once", "hooks/syncapi/live.go", []string{
		`now.Sub(s.told) < limits.LeaseBeat`, `(now.Sub(s.told) < limits.LeaseBeat || FAULT && !s.told.IsZero())`,
	}, "syncapi.TestLeases_AreToldAgainAsLongAsItLasts"},
	{"what was picked up is taken back", "hooks/concerns/taking.go", []string{
		`case before.GetString("state") != "new" || before.GetString("picked") != "":`, `case !FAULT && (before.GetString("state") != "new" || before.GetString("picked") != ""):`,
	}, "25"},
	{"what is taken back before it comes is forgotten", "hooks/concerns/taking.go", []string{
		"if before == nil {\n\t\t// NB!", "if before == nil {\n\t\tif FAULT {\n\t\t\treturn unknown, nil\n\t\t}\n\t\t// NB!",
	}, "25"},
	{"what is for the lead alone goes to responders", "hooks/concerns/concerns.go", []string{
		`there + " AND NOT {row}.lead"`, `map[bool]string{true: there, false: there + " AND NOT {row}.lead"}[FAULT]`,
	}, "20"},
	{"the record says whose letter it was", "hooks/concerns/taking.go", []string{
		`Action: action, Subject: t.says.ID`, `Actor: map[bool]string{true: t.who.Member}[FAULT], Action: action, Subject: t.says.ID`,
	}, "25"},
	{"a concern says which phone it came from", "hooks/concerns/taking.go", []string{
		`"person": person, "receipt"`, `"person": map[bool]string{true: t.who.Device, false: person}[FAULT], "receipt"`,
	}, "25"},
	{"who has no role for it passes on a worry", "hooks/concerns/taking.go", []string{
		`if may, err := t.may(); err != nil || !may {`, `if may, err := t.may(); err != nil || !may && !FAULT {`,
	}, "25"},
	{"what is withdrawn keeps its words", "hooks/concerns/taking.go", []string{
		"r.Set(column, nil)", "if !FAULT || column != \"sealed\" {\n\t\t\tr.Set(column, nil)\n\t\t}",
	}, "25"},
	{"a concern is taken back without its secret", "hooks/concerns/taking.go", []string{
		`case before.GetString("receipt") != t.receipt():`, `case !FAULT && before.GetString("receipt") != t.receipt():`,
	}, "25"},
	{"a listener is given what responders are", "hooks/people/people.go", []string{
		`"'responders'", "{row}.role IN ('coach', 'coordinator')"`, `"'responders'", map[bool]string{true: "{row}.role IN ('listener', 'coach', 'coordinator')", false: "{row}.role IN ('coach', 'coordinator')"}[FAULT]`,
	}, "13"},
	{"whoever asks opens a concern", "hooks/triage/open.go", []string{
		`case len(auds) == 0:`, `case len(auds) == 0 && !FAULT:`,
		"default:\n\t\treturn problem.NotAssigned", "case FAULT:\n\t\to.how = asAssignee\n\tdefault:\n\t\treturn problem.NotAssigned",
	}, "25"},
	{"a push says when", "internal/push/firebase.go", []string{
		`map[string]string{"v": "1", "n": m.N, "k": m.K}`, `map[string]string{"v": map[bool]string{false: "1", true: "13:07"}[FAULT], "n": m.N, "k": m.K}`,
	}, "TestPush_NothingOfTheTownLeavesForGoogle"},
	{"a message that is wrong unsubscribes its phone", "internal/push/answer.go", []string{
		`return &Broken{Code: "INVALID_ARGUMENT"}`, "if FAULT {\n\t\treturn &Gone{Code: \"INVALID_ARGUMENT\"}\n\t}\n\treturn &Broken{Code: \"INVALID_ARGUMENT\"}",
	}, "TestPush_EveryMessageEndsWhateverGoogleAnswers"},
	{"what was taken back is picked up", "hooks/triage/triage.go", []string{
		`if !there(r) ||`, "if FAULT && !there(r) {\n\t\tr.Set(\"received\", \"2026-06-01 09:00:00.000Z\")\n\t} else if !there(r) ||",
	}, "25 7"},
}

// near are seeds that catch what the first few don't; they are tried first, to
// save time. Where one doesn't any more, because other steps happen in it, all are
// tried, and what is written down here should be mended.
var near = map[string]uint64{
	"a reborn command keeps the seq it was made at": 54, "the floor is ignored": 158, "a poke is swallowed": 8, "the end of an enrolment is not noticed": 10,
	"a helper goes on after the end": 101, "a sealed part is done as the first one's": 111, "a forgotten tombstone leaves the floor": 158,
	"what went while pages came is forgotten": 54, "what was picked up is taken back": 46, "what was taken back is picked up": 180,
}
