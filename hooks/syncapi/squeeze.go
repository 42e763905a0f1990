package syncapi

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pocketbase/pocketbase/core"
)

// squeezed compresses what next answers, with zstd where the client takes it,
// else gzip: see docs/adr for what was measured. Below 1,200 bytes an answer
// fits one packet anyway.
func squeezed(next func(*core.RequestEvent) error) func(*core.RequestEvent) error {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1200), gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.ZstdCompressionLevel(int(zstd.SpeedFastest)), gzhttp.ContentTypeFilter(gzhttp.CompressAllContentTypeFilter))
	if err != nil {
		panic(err) // the options above are constants
	}
	return func(e *core.RequestEvent) (err error) {
		plain := e.Response
		// NB! An error is written by an outer middleware, after this one has closed its writer.
		defer func() { e.Response = plain }()
		wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			e.Response = w
			err = next(e)
		})).ServeHTTP(plain, e.Request)
		return err
	}
}
