package push

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/push/fake"
)

// Ensure that the check says of each thing that can be wrong at Google what it is.
func TestCheck_SaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*fake.Server)
		says string // "": well
	}{
		"fine":          {func(*fake.Server) {}, ""},
		"clock behind":  {func(s *fake.Server) { s.Now = func() time.Time { return time.Now().Add(3 * time.Hour) } }, "3h0m0s slow"},
		"clock ahead":   {func(s *fake.Server) { s.Now = func() time.Time { return time.Now().Add(-40 * time.Minute) } }, "40m0s fast"},
		"key refused":   {func(s *fake.Server) { s.Refuse(&fake.KeyUnknown) }, "refuses the key"},
		"no account":    {func(s *fake.Server) { s.Refuse(&fake.NoAccount) }, "refuses the key"},
		"API off":       {func(s *fake.Server) { s.APIOff(true) }, "enable the API"},
		"tokens down":   {func(s *fake.Server) { s.Refuse(&fake.TokensDown) }, "busy"},
		"no network":    {func(s *fake.Server) { s.Close() }, "can't be reached"},
		"not permitted": {func(s *fake.Server) { s.Forbid(true) }, "may not send"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := google(t)
			creds := credentials(t, s)
			c.set(s)
			err := Check(t.Context(), creds)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v", err)
			}
			if len(s.Accepted()) > 0 {
				t.Error("something was sent")
			}
		})
	}
}

// pasted are the settings of a web app as somebody copies them from the console, with the
// key that stands elsewhere put beside them.
func pasted(web string) string {
	var w Web
	_ = json.Unmarshal([]byte(web), &w)
	return fmt.Sprintf(`// Import the functions you need from the SDKs you need
import { initializeApp } from "firebase/app";
// Your web app's Firebase configuration: https://firebase.google.com/docs/web/setup
const firebaseConfig = {
  apiKey: "%s",
  authDomain: "%s.firebaseapp.com",
  projectId: "%[2]s",
  storageBucket: "%[2]s.firebasestorage.app",
  messagingSenderId: "%[3]s",
  appId: "%s"
};
vapidKey: "%s"
`, w.APIKey, w.ProjectID, w.MessagingSenderID, w.AppID, w.VapidKey)
}

// Ensure that what is read is refused in words, each for its reason, and quotes no secret.
func TestRead_SaysWhatIsWrong(t *testing.T) {
	s, _ := google(t)
	account, web := string(s.Credentials()), string(s.Web())
	with := func(text, field string, value any) string {
		var m map[string]any
		_ = json.Unmarshal([]byte(text), &m)
		m[field] = value
		b, _ := json.Marshal(m)
		return string(b)
	}
	file := filepath.Join(t.TempDir(), "web.json")
	if err := os.WriteFile(file, []byte(web), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ account, web, endpoint, says string }{
		"nothing":           {},
		"both":              {account, web, "", ""},
		"a file":            {account, file, "", ""},
		"only the web app":  {"", web, "", "KITH_FCM is missing"},
		"only the account":  {account, "", "", "KITH_FCM_WEB is missing"},
		"no such file":      {"/nowhere/service.json", web, "", "KITH_FCM can't be read"},
		"in base64":         {base64.StdEncoding.EncodeToString([]byte(account)), web, "", "KITH_FCM can't be read"},
		"the key alone":     {"-----BEGIN PRIVATE KEY-----\nMIIE", web, "", "KITH_FCM can't be read"},
		"no JSON":           {account[:len(account)-9], web, "", "KITH_FCM is no JSON"},
		"the web app's":     {web, web, "", "not the key file of a service account"},
		"a key that is cut": {with(account, "private_key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"), web, "", "private key in KITH_FCM can't be read"},
		"tokens in clear":   {with(account, "token_uri", "http://example.org/token"), web, "", "https://"},
		"messages in clear": {account, web, "http://example.org", "https://"},
		"no host":           {account, web, "fcm", "https://"},
		"another project":   {account, with(web, "projectId", "other"), "", "take both from one project"},
		"no apiKey":         {account, with(web, "apiKey", ""), "", "no apiKey"},
		"no appId":          {account, with(web, "appId", ""), "", "no appId"},
		"no projectId":      {account, with(web, "projectId", ""), "", "no projectId"},
		"no sender":         {account, with(web, "messagingSenderId", "me"), "", "no messagingSenderId"},
		"no vapidKey":       {account, with(web, "vapidKey", "BAAA"), "", "no vapidKey"},
		"as it is pasted":   {account, pasted(web), "", ""},
		"an empty file":     {account, "{", "", "no apiKey"},
		"a number for text": {with(account, "project_id", 7), web, "", "KITH_FCM is no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{"KITH_FCM": c.account, "KITH_FCM_WEB": c.web, "KITH_FCM_ENDPOINT": c.endpoint}
			got, err := Read(func(n string) string { return env[n] })
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v", err)
			}
			if got != nil && (got.Web.VapidKey == "" || got.Project != fake.Project) {
				t.Errorf("%+v", got)
			}
			if (got == nil) != (c.says != "" || c.account == "") {
				t.Errorf("%v", got)
			}
			if err != nil && (strings.Contains(err.Error(), "MII") || c.account != "" && len(c.account) > 20 && strings.Contains(err.Error(), c.account[:20])) {
				t.Errorf("quotes the key: %v", err)
			}
			if strings.Contains(got.String(), "MII") {
				t.Errorf("says the key: %s", got)
			}
		})
	}
}
