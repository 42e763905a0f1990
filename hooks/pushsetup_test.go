package hooks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/hooks"
	"kith/internal/push/fake"
)

// googled is a configuration read from the environment that a fake Google gives, changed.
func googled(t *testing.T, s *fake.Server, change map[string]string) hooks.Config {
	t.Helper()
	env := map[string]string{}
	if s != nil {
		env = map[string]string{"KITH_FCM": string(s.Credentials()), "KITH_FCM_WEB": string(s.Web()), "KITH_FCM_ENDPOINT": s.URL()}
	}
	for k, v := range change {
		env[k] = v
	}
	cfg, err := hooks.ParseConfig(func(name string) string { return env[name] }, page, t.TempDir())
	must(t, err)
	cfg.RateLimits = false
	return cfg
}

func google(t *testing.T) *fake.Server {
	t.Helper()
	s, err := fake.Start("127.0.0.1:0")
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

// pushOf is what phones were told of push.
func (w *town) pushOf() string {
	w.t.Helper()
	c, err := w.app.FindFirstRecordByFilter("communities", "1=1")
	must(w.t, err)
	return c.GetString("push")
}

// Ensure that everybody is told how a phone is registered when push is set up, that a
// page may then speak with the two hosts it takes, and that both end with it.
func TestPushSetup_IsToldToEverybodyAndEnds(t *testing.T) {
	s := google(t)
	w := townOf(t, googled(t, s, nil))
	c := w.phone("resident")
	if a := c.sync(); !strings.Contains(a.raw, `"vapidKey":"B`) || !strings.Contains(a.raw, `"projectId":"`+fake.Project+`"`) {
		t.Errorf("told: %s", a.raw)
	}
	if csp := w.ask("GET", "/", "", nil).Header().Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' https://firebaseinstallations.googleapis.com https://fcmregistrations.googleapis.com; ") {
		t.Errorf("a page may not register: %s", csp)
	}
	data := w.app.DataDir()
	w, said, err := again(t, data, hooks.Config{})
	must(t, err)
	if w.pushOf() != "null" || strings.Contains(said, "push") {
		t.Errorf("without push: %s, and it says %q", w.pushOf(), said)
	}
	if csp := w.ask("GET", "/", "", nil).Header().Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self'; ") {
		t.Errorf("without push: %s", csp)
	}
}

// Ensure that a setting which is wrong is said at the start, in words and without the key,
// that the server starts, and that phones aren't told that there is no push any more.
func TestPushSetup_ThatIsWrongIsSaidAndNothingElseChanges(t *testing.T) {
	s := google(t)
	data := townOf(t, googled(t, s, nil)).app.DataDir()
	file := filepath.Join(t.TempDir(), "service.json")
	must(t, os.WriteFile(file, s.Credentials()[:700], 0o600))
	cfg := googled(t, s, map[string]string{"KITH_FCM": file})
	w, said, err := again(t, data, cfg)
	must(t, err)
	if !strings.Contains(said, "Careful: push is off. KITH_FCM is no JSON") || !strings.Contains(w.pushOf(), "vapidKey") {
		t.Errorf("%q, and phones are told %s", said, w.pushOf())
	}
	if _, err := verbOf(t, hooks.Bare(w.app, w.registry, cfg), "push", "check"); err == nil || !strings.Contains(err.Error(), "KITH_FCM is no JSON") {
		t.Errorf("kith push check: %v", err)
	}
}

// Ensure that the configuration is said without a secret of it.
func TestPushSetup_KeepsItsSecrets(t *testing.T) {
	s := google(t)
	for _, change := range []map[string]string{nil, {"KITH_FCM_WEB": ""}, {"KITH_FCM": string(s.Credentials()[:900])}} {
		said := googled(t, s, change).String()
		if strings.Contains(said, "PRIVATE") || strings.Contains(said, "MII") || !strings.Contains(said, ", push ") {
			t.Errorf("%s", said)
		}
	}
}

// Ensure that `kith push check` sends nothing to anybody, and says what it found.
func TestPushSetup_IsCheckedByAVerb(t *testing.T) {
	s := google(t)
	w := newTown(t)
	out, err := verbOf(t, hooks.Bare(w.app, w.registry, googled(t, s, nil)), "push", "check")
	if err != nil || !strings.Contains(out, "Push is set up") {
		t.Errorf("%q %v", out, err)
	}
	if r := s.Requests(); len(r) != 1 || !r[0].DryRun || len(s.Accepted()) != 0 || len(s.Odd()) != 0 {
		t.Errorf("%+v, odd: %q", r, s.Odd())
	}
	if _, err := verbOf(t, hooks.Bare(w.app, w.registry, hooks.Config{}), "push", "check"); err == nil || !strings.Contains(err.Error(), "isn't set up") {
		t.Errorf("without push: %v", err)
	}
}
