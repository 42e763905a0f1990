package hooks_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/concern"
)

// Ensure that how long a receipt is answered doesn't tell how the concern ended: one
// that was no concern after all is emptied after 30 days, and the others much later.
func TestAttack_AReceiptDoesNotTellHowItEnded(t *testing.T) {
	w := newCareful(t)
	w.exec(`UPDATE communities SET care = '{"perHour":20,"perDay":50}'`)
	p := w.trained()
	for _, days := range []int{0, 1, 4, 27, 28, 29, 30, 31, 40} {
		on := dayIn(-days)
		secrets := []string{}
		for _, outcome := range []string{"helped", "notAConcern"} {
			s := p.write(p.worry(), concern.Normal)
			if got := p.sends(s.says); got != "ok" {
				t.Fatal(got)
			}
			w.set("concerns", s.says.ID, map[string]any{"state": "closed", "outcome": outcome, "picked": on, "closedOn": on})
			secrets = append(secrets, s.secret)
		}
		if days != 29 {
			w.retain(t, time.Now()) // whatever the retention has come to
		}
		w.exec("UPDATE concerns SET till = ''")
		rec := w.ask("POST", "/api/concerns/receipts", "", map[string]any{"receipts": append(secrets, random(), random(), random(), random(), random(), random())})
		var a struct{ States []string }
		must(t, json.Unmarshal(rec.Body.Bytes(), &a))
		if a.States[0] != a.States[1] || (a.States[0] == "closed") != (days >= 1 && days < 28) {
			t.Errorf("after %d days: %v", days, a.States[:2])
		}
	}
}

// Ensure that a mail about something urgent says nowhere in the data folder when that
// came, but for the hour, where no mail server is set up.
func TestAttack_AMailThatWaitsDoesNotTellTheMinute(t *testing.T) {
	w := newCareful(t)
	w.hasEmail(w.phone("coordinator").member, "lead@example.org")
	mails, p := w.mails(), w.trained()
	if got := p.sends(p.write(p.worry(), concern.Urgent).says); got != "ok" {
		t.Fatal(got)
	}
	w.runs("kithNotices")
	select {
	case <-mails:
	case <-time.After(10 * time.Second):
		t.Fatal("no mail came")
	}
	files, err := filepath.Glob(filepath.Join(w.app.DataDir(), "mail", "*"))
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("%v", files)
	}
	raw, err := os.ReadFile(files[0])
	must(t, err)
	info, err := os.Stat(files[0])
	must(t, err)
	hour := time.Now().UTC().Truncate(time.Hour)
	if !info.ModTime().Equal(hour) || !strings.HasPrefix(filepath.Base(files[0]), hour.Format("20060102-150000")) || !bytes.Contains(raw, []byte(hour.Format(time.RFC1123Z))) {
		t.Errorf("%s of %v: %s", files[0], info.ModTime(), raw)
	}
}

// Ensure that a copy of the database doesn't tell that a concern and a note to the
// surgery are about one person.
func TestAttack_AConcernAndANoteToTheSurgeryAreNotTiedByAName(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	if got := p.sends(p.write(p.named(), concern.Normal).says); got != "ok" {
		t.Fatal(got)
	}
	if rec := w.ask("POST", "/api/notes", "", w.noteAbout("Joan Amescanary", "")); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var hashes []string
	must(t, w.app.DB().NewQuery("SELECT person FROM concerns UNION ALL SELECT person FROM surgeryNotes").Column(&hashes))
	if len(hashes) != 2 || hashes[0] == hashes[1] || slices.Contains(hashes, "") {
		t.Errorf("%v", hashes)
	}
}

// Ensure that whoever gathers the machine's figures, second by second, doesn't learn
// from them when a concern or a note to the surgery came; but does that one failed.
func TestAttack_FiguresDoNotTellWhenAConcernCame(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	tells := func() (lines []string) {
		for line := range strings.SplitSeq(w.town.here("/metrics").Body.String(), "\n") {
			if strings.Contains(line, "oncern") || strings.Contains(line, "/api/notes") || strings.Contains(line, "urgeryNotes") || strings.Contains(line, "breakGlasses") {
				lines = append(lines, line)
			}
		}
		return lines
	}
	before := tells()
	if got := p.sends(p.write(p.worry(), concern.Urgent).says); got != "ok" {
		t.Fatal(got)
	}
	w.ask("POST", "/api/concerns/receipts", "", map[string]any{"receipts": slices.Repeat([]string{random()}, 8)})
	if rec := w.ask("POST", "/api/notes", "", w.noteAbout("Joan Ames", "")); rec.Code != 200 {
		t.Fatal(rec.Code)
	}
	if after := tells(); !slices.Equal(before, after) {
		t.Errorf("%v, then %v", before, after)
	}
	must(t, os.Remove(w.file))
	w.runs("kithConcernKeys")
	w.ask("POST", "/api/notes", "", w.noteAbout("Joan Ames", ""))
	if after := tells(); !slices.ContainsFunc(after, func(l string) bool { return strings.Contains(l, `class="5xx",route="POST /api/notes"`) }) {
		t.Errorf("nobody is told that none can be taken in: %v", after)
	}
}
