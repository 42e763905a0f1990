package guard

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// policy is what a page of ours may do. The dashboard brings its own.
//
// 'wasm-unsafe-eval' lets WebAssembly be compiled, for the reader of square codes, which is ours and comes from
// here. It lets nobody make a script out of text: eval stays shut.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; " +
	"object-src 'none'; require-trusted-types-for 'script'"

func headers(e *core.RequestEvent) error {
	h := e.Response.Header()
	if !strings.HasPrefix(e.Request.URL.Path, "/_/") {
		h.Set("Content-Security-Policy", policy)
	}
	h.Set("X-Content-Type-Options", "nosniff") // PocketBase sets these two as well, but not on what is refused early
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if e.Request.TLS != nil || e.Request.Header.Get("X-Forwarded-Proto") == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return e.Next()
}
