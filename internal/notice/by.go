package notice

import "kith/internal/sync"

// By tells an audience what a command has done, but whoever did it. The same command
// carried out again tells nobody twice.
func By(c *sync.Call, template, to, ref string) error {
	if member, one := Only(to); one && member == doer(c) {
		return nil
	}
	return Tell(c.App.DB(), Telling{Key: c.Nonce, To: to, But: doer(c), Template: template, Ref: ref, At: c.Now})
}

// doer is who did it: a helper, where one acts for another.
func doer(c *sync.Call) string {
	if c.Helper != "" {
		return c.Helper
	}
	return c.Member
}
