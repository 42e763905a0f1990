package hooks_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
)

// asks are how many notes of each kind are handed in; KITH_NOTES names another number.
func asks() int {
	if n, err := strconv.Atoi(os.Getenv("KITH_NOTES")); err == nil {
		return n
	}
	return 1000
}

// known is somebody whom everything here knows: by earlier notes, as a member, and
// by a concern. stranger is somebody whom nothing knows; their names are as long.
const known = "Joan Ames"

func stranger() string { return "J" + newID()[:3] + " " + "A" + newID()[:3] }

// work is what one request did to the database: its statements without their
// values, and how many rows were changed.
type work struct {
	statements []string
	changes    int64
}

var valuesOf = regexp.MustCompile(`'[^']*'|\b\d+\b`)

// watched notes the work of every statement on both connections of a town.
func (w *town) watched() *work {
	w.t.Helper()
	out := &work{}
	for _, builder := range []dbx.Builder{w.app.ConcurrentDB(), w.app.NonconcurrentDB()} {
		db, is := builder.(*dbx.DB)
		if !is {
			w.t.Fatalf("the database is a %T", builder)
		}
		note := func(statement string) {
			out.statements = append(out.statements, valuesOf.ReplaceAllString(statement, "?"))
		}
		db.ExecLogFunc = func(_ context.Context, _ time.Duration, s string, _ sql.Result, _ error) { note(s) }
		db.QueryLogFunc = func(_ context.Context, _ time.Duration, s string, _ *sql.Rows, _ error) { note(s) }
	}
	return out
}

func (w *town) changes() (n int64) {
	must(w.t, w.app.NonconcurrentDB().(*dbx.DB).DB().QueryRow("SELECT total_changes()").Scan(&n))
	return n
}

// Ensure that whoever hands in a note can't tell whether the person is known here,
// as a patient, a member or by what others wrote: the answer is the same bytes,
// the work behind it the same statements that change as many rows, and the time
// that it takes is no telling, either.
func TestSurgery_WhoIsKnownShowsInNothing(t *testing.T) {
	oneAtATime(t)
	w := newTownWithKeys(t)
	w.make("members", map[string]any{"firstName": "Joan", "standing": "active"})
	w.raised(map[string]any{"person": w.sealing.Person(known)})
	for range 20 {
		w.ask("POST", "/api/notes", "", w.noteAbout(known, "020 7946 0009"))
	}
	var order []bool
	for range asks() {
		order = append(order, true, false)
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	seen, times := w.handsIn(order)
	if len(seen) != 1 {
		t.Errorf("%d kinds of answers and work: %v", len(seen), seen)
	}
	for one := range seen {
		if strings.Count(one, "INSERT INTO surgeryNotes") != 1 || strings.Contains(one, "0 rows") {
			t.Errorf("nothing was watched: %s", one)
		}
	}
	d, bound := apart(times[true], times[false]), unlikely(len(times[true]))
	t.Logf("medians %.3f ms of known, %.3f ms of unknown; Kolmogorov–Smirnov D = %.4f, and above %.4f once in a million", median(times[true]), median(times[false]), d, bound)
	if d > bound {
		t.Errorf("the times tell who is known: D = %.4f", d)
	}
	if os.Getenv("KITH_NOTES") != "" { // at the size of the gate: that the measure isn't blind
		for i := range times[true] {
			times[true][i]++ // a lookup of a millisecond
		}
		late := apart(times[true], times[false])
		t.Logf("with a planted millisecond D = %.4f", late)
		if late <= bound {
			t.Errorf("a planted millisecond was not seen: D = %.4f", late)
		}
	}
}

// handsIn hands in a note about somebody who is known, or isn't, for each of order.
// It counts the answers with the work behind them, and keeps the times.
func (w *town) handsIn(order []bool) (seen map[string]int, times map[bool][]float64) {
	w.t.Helper()
	seen, times = map[string]int{}, map[bool][]float64{}
	did := w.watched()
	for _, is := range order {
		name := stranger()
		if is {
			name = known
		}
		body := w.noteAbout(name, "020 7946 0009")
		*did = work{changes: w.changes()}
		rec, took := w.timed(body)
		times[is] = append(times[is], took)
		rec.Header().Del("X-Request-Id") // drawn for each request, for the log
		seen[fmt.Sprintf("%d %v %s\n%d rows\n%s", rec.Code, rec.Header(), rec.Body, w.changes()-did.changes, strings.Join(did.statements, "\n"))]++
	}
	return seen, times
}

// Ensure that the count of the work isn't blind: whatever is done more for who is
// known is seen, were it a single row.
func TestSurgery_MoreWorkForWhoIsKnownWouldBeSeen(t *testing.T) {
	w := newTownWithKeys(t)
	w.tray(known)
	w.exec(`CREATE TRIGGER peek AFTER INSERT ON surgeryNotes WHEN (SELECT count(*) FROM surgeryNotes WHERE person = NEW.person) > 1
		BEGIN UPDATE surgeryNotes SET state = 'done' WHERE id = NEW.id; END`)
	w.exec("UPDATE surgeryNotes SET person = '" + w.sealing.Person(known) + "'")
	if seen, _ := w.handsIn([]bool{true, false, true, false}); len(seen) != 2 {
		t.Errorf("%d kinds of work, and one of two does more", len(seen))
	}
}

// timed hands in a note, and says how many milliseconds it took.
func (w *town) timed(body map[string]any) (*httptest.ResponseRecorder, float64) {
	raw := changed(body, "id", body["id"])
	r := httptest.NewRequest("POST", "http://kith.test/api/notes", strings.NewReader(raw))
	rec := httptest.NewRecorder()
	began := time.Now()
	w.mux.ServeHTTP(rec, r)
	return rec, float64(time.Since(began).Nanoseconds()) / 1e6
}

// apart is the two-sample statistic of Kolmogorov and Smirnov: the widest gap
// between the two shares that took no longer than any time.
func apart(a, b []float64) (d float64) {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		x := min(a[i], b[j])
		for i < len(a) && a[i] <= x {
			i++
		}
		for j < len(b) && b[j] <= x {
			j++
		}
		d = max(d, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return d
}

// unlikely is what that statistic of two samples of n from one distribution is
// above once in a million.
func unlikely(n int) float64 { return math.Sqrt(-math.Log(1e-6/2)/2) * math.Sqrt(2/float64(n)) }

func median(a []float64) float64 { return slices.Sorted(slices.Values(a))[len(a)/2] }

// Ensure that the measure sees what differs, and calls nothing different that isn't.
func TestSurgery_TheMeasureOfTimesIsNotBlind(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	draw := func(shift float64) (out []float64) {
		for range 1000 {
			out = append(out, 2+r.ExpFloat64()+shift)
		}
		return out
	}
	if d := apart(draw(0), draw(0)); d > unlikely(1000) {
		t.Errorf("of one distribution: %.4f", d)
	}
	if d := apart(draw(0), draw(0.3)); d <= unlikely(1000) {
		t.Errorf("0.3 ms apart: %.4f", d)
	}
	if d := apart([]float64{1, 2, 3, 4}, []float64{3, 4, 5, 6}); d != 0.5 {
		t.Errorf("by hand it is 0.5, and not %.4f", d)
	}
}
