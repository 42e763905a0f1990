package guard

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// policy is what a page of ours may do, with the other hosts that it may ask. The dashboard brings its own.
//
// 'wasm-unsafe-eval' lets WebAssembly be compiled, for the reader of square codes, which is ours and comes from
// here. It lets nobody make a script out of text: eval stays shut.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'%s; font-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; " +
	"object-src 'none'; require-trusted-types-for 'script'"

// headers go with every answer.
func headers(elsewhere []string) func(*core.RequestEvent) error {
	csp := fmt.Sprintf(policy, strings.Join(append([]string{""}, elsewhere...), " "))
	return func(e *core.RequestEvent) error {
		h := e.Response.Header()
		if !strings.HasPrefix(e.Request.URL.Path, "/_/") {
			h.Set("Content-Security-Policy", csp)
		}
		always(e, h)
		return e.Next()
	}
}

func always(e *core.RequestEvent, h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff") // PocketBase sets these two as well, but not on what is refused early
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if e.Request.TLS != nil || e.Request.Header.Get("X-Forwarded-Proto") == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
