package notice

// The categories: what somebody can choose how to be told of, and all that Google and a
// lock screen can tell apart.
const (
	Loyalty = "loyalty"
	Notice  = "notice"
	Task    = "task"
	Account = "account"
)

// Template is one kind of thing that people are told.
type Template struct {
	Name, Category string
	// Urgent and Security don't wait for the end of the quiet hours: somebody may be in
	// danger; somebody else may be in your account.
	Urgent, Security bool
	// Asked: the person has just asked for it, with the phone in their hand.
	Asked bool
	// Mail: by e-mail too, whatever they chose, where there is an address.
	Mail bool
	// Hourly: nothing finer than the hour is written down of when. Whoever knows when
	// which shop is open could else tell who passed a worry on.
	Hourly bool
	// Scope is what a helper must be allowed to be told in somebody's place; "": nobody
	// is. What somebody has to do here is for whom the community trusts with it alone.
	Scope string
}

// Rank orders what waits; lower goes first.
func (t Template) Rank() int {
	switch {
	case t.Urgent || t.Security || t.Asked:
		return 0
	case t.Category == Task || t.Category == Account:
		return 1
	}
	return 2
}

// nobody is told in somebody's place, though it is no task.
const nobody = "nobody"

var catalogue = list([]Template{
	{Name: "concern.urgent", Category: Task, Urgent: true, Mail: true, Hourly: true},
	{Name: "concern.waits", Category: Task, Urgent: true, Mail: true, Hourly: true},
	{Name: "concern.phone", Category: Task, Urgent: true, Mail: true, Hourly: true},
	{Name: "concern.yours", Category: Task, Hourly: true},
	{Name: "concern.yoursUrgent", Category: Task, Urgent: true, Mail: true, Hourly: true},
	{Name: "concern.glass", Category: Task, Mail: true, Hourly: true},
	{Name: "concern.idle", Category: Task, Mail: true, Hourly: true},
	{Name: "concern.listener", Category: Task, Hourly: true},
	{Name: "note.new", Category: Task, Hourly: true},
	{Name: "report.new", Category: Task, Mail: true},
	{Name: "complaint.new", Category: Task, Mail: true},
	{Name: "review.new", Category: Task},
	{Name: "device.pending", Category: Task},
	{Name: "buddy.offered", Category: Task},
	{Name: "pairing.asked", Category: Task},
	{Name: "call.due", Category: Task},
	{Name: "call.unanswered", Category: Task},
	{Name: "circle.asked", Category: Task},
	{Name: "circle.nobody", Category: Task},
	{Name: "turn.unfilled", Category: Task},
	{Name: "turn.tomorrow", Category: Task},
	{Name: "turn.noAnswer", Category: Task, Urgent: true, Mail: true},
	{Name: "swap.asked", Category: Task},

	{Name: "visit.new", Category: Notice, Scope: "visits"},
	{Name: "listing.changed", Category: Notice, Scope: "visits"},
	{Name: "listing.off", Category: Notice, Scope: "visits"},
	{Name: "buddy.approved", Category: Notice},
	{Name: "pairing.open", Category: Notice, Scope: "visits"},
	{Name: "pairing.changed", Category: Notice},
	{Name: "pairing.over", Category: Notice, Scope: "visits"},
	{Name: "circle.in", Category: Notice, Scope: "circles"},
	{Name: "circle.over", Category: Notice, Scope: "circles"},
	{Name: "circle.yours", Category: Notice, Scope: "circles"},
	{Name: "turn.open", Category: Notice, Scope: "circles"},
	{Name: "turn.yours", Category: Notice, Scope: "circles"},
	{Name: "turn.notYours", Category: Notice, Scope: "circles"},
	{Name: "turn.off", Category: Notice, Scope: "circles"},
	{Name: "turn.moved", Category: Notice, Scope: "circles"},
	{Name: "turn.home", Category: Notice, Scope: "circles"},
	{Name: "swap.no", Category: Notice, Scope: "circles"},
	{Name: "ask.reply", Category: Notice, Scope: "circles"},
	{Name: "reply.chosen", Category: Notice, Scope: "circles"},
	{Name: "reply.over", Category: Notice, Scope: "circles"},
	{Name: "message.new", Category: Notice, Scope: "circles"},
	{Name: "report.closed", Category: Notice},
	{Name: "acting.began", Category: Notice},
	{Name: "acting.ended", Category: Notice},
	{Name: "role.given", Category: Notice},

	{Name: "stamp.counted", Category: Loyalty},
	{Name: "reward.reached", Category: Loyalty},
	{Name: "voucher.used", Category: Loyalty},

	{Name: "device.new", Category: Account, Security: true, Mail: true},
	{Name: "recovery.used", Category: Account, Security: true, Mail: true},
	{Name: "recovery.open", Category: Account, Scope: nobody},
	{Name: "email.changed", Category: Account, Security: true, Mail: true},
	{Name: "trial", Category: Account, Asked: true},
})

func list(all []Template) map[string]Template {
	named := make(map[string]Template, len(all))
	for _, t := range all {
		switch {
		case t.Scope == nobody, t.Category == Task:
			t.Scope = ""
		case t.Scope == "":
			t.Scope = "details"
		}
		named[t.Name] = t
	}
	return named
}

// Find returns a template by its name.
func Find(name string) (Template, bool) {
	t, there := catalogue[name]
	return t, there
}

// Names of all templates.
func Names() []string {
	names := make([]string, 0, len(catalogue))
	for n := range catalogue {
		names = append(names, n)
	}
	return names
}
