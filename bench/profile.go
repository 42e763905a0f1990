package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"

	"kith/hooks"
	"kith/internal/store"
)

// profiles is where the profiled server listens for the bench.
const profiles = "127.0.0.1:8398"

// profiled is the measured server with a profiler in it: this program in
// another role (`-profile DIR`). The product has no such door.
func profiled(dir string, args []string) error {
	os.Args = append(os.Args[:1:1], args...) // PocketBase reads them itself, too
	app := pocketbase.NewWithConfig(pocketbase.Config{HideStartBanner: true, DataMaxOpenConns: 16, DataMaxIdleConns: 8, AuxMaxOpenConns: 4, AuxMaxIdleConns: 2, DBConnect: store.Open})
	cfg, err := hooks.ParseConfig(os.Getenv, os.DirFS(dir), dir)
	if err != nil {
		return err
	}
	cfg.Connect = store.Open
	hooks.Register(app, cfg)
	app.RootCmd.AddCommand(cmd.NewSuperuserCommand(app), cmd.NewServeCommand(app, false))
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		go http.ListenAndServe(profiles, profiler(dir)) //nolint:errcheck,gosec // without it there is no profile, and the bench says so
		return e.Next()
	})
	return app.Execute()
}

// profiler starts, ends and writes profiles, and says what memory is used for.
func profiler(dir string) http.Handler {
	mux := http.NewServeMux()
	var cpu *os.File
	mux.HandleFunc("/start", func(w http.ResponseWriter, r *http.Request) {
		var err error
		if cpu, err = os.Create(filepath.Join(dir, r.FormValue("name")+".cpu")); err == nil {
			err = pprof.StartCPUProfile(cpu)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/stop", func(w http.ResponseWriter, r *http.Request) {
		pprof.StopCPUProfile()
		err := cpu.Close()
		for _, kind := range []string{"allocs", "goroutine"} {
			f, e := os.Create(filepath.Join(dir, r.FormValue("name")+"."+kind))
			if e == nil {
				e = pprof.Lookup(kind).WriteTo(f, 0)
				_ = f.Close() // what was lost is seen when it is read
			}
			if err == nil {
				err = e
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/memory", func(w http.ResponseWriter, _ *http.Request) {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		fmt.Fprintf(w, "heap in use %.1f MB, stacks %.1f MB, from the system %.1f MB, %d goroutines", float64(m.HeapInuse)/1e6, float64(m.StackInuse)/1e6, float64(m.Sys)/1e6, runtime.NumGoroutine())
	})
	return mux
}

// profile runs f under the profiler, if there is one.
func (s *server) profile(name string, f func() error) error {
	if s.profiles == "" {
		return f()
	}
	ask := func(what string) error {
		res, err := http.Get("http://" + profiles + "/" + what + "?name=" + name)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("profile %s: %s", name, res.Status)
		}
		return nil
	}
	if err := ask("start"); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return ask("stop")
}
