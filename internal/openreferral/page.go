package openreferral

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"kith/internal/text"
)

// Page is one answer of a feed, or the whole of one.
type Page struct {
	Items []json.RawMessage
	// Paged is true if the page says which one of several it is.
	Paged bool
	// Number is this page's, as the feed counts. 1.0 feeds count from 0 or 1.
	Number int
	// Pages and Total are how many pages and services there are; 0 if not said.
	Pages, Total int
	// First and Last are the page's own flags.
	First, Last bool
}

// Parse finds the services in one answer. The error is a sentence for the
// person who runs the import, and never comes with items: a web page, an error
// message, nothing at all, or a file that was cut is not an empty feed.
func Parse(data []byte) (Page, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	switch {
	case len(data) == 0:
		return Page{}, errors.New("it is empty")
	case data[0] == '<':
		return Page{}, errors.New("it is a web page (HTML or XML), not a list of services in JSON")
	case !utf8.Valid(data):
		return Page{}, errors.New("it is not text in UTF-8")
	case data[0] != '[' && data[0] != '{':
		return Page{}, errors.New("it is not JSON")
	}
	if data[0] == '[' {
		var items []json.RawMessage
		if err := json.Unmarshal(data, &items); err != nil {
			return Page{}, jsonError(err)
		}
		return Page{Items: items, First: true, Last: true}, nil
	}
	return parseObject(data)
}

// envelope has the keys of a 3.0 page, a 1.0 page, a single service, and of the
// usual ways to say that something went wrong.
type envelope struct {
	Contents *json.RawMessage `json:"contents"`
	Content  *json.RawMessage `json:"content"`

	PageNumber   *count `json:"page_number"`
	Number       *count `json:"number"`
	TotalPages   count  `json:"total_pages"`
	TotalPages1  count  `json:"totalPages"`
	TotalItems   count  `json:"total_items"`
	TotalItems1  count  `json:"totalElements"`
	FirstPage    flag   `json:"first_page"`
	First        flag   `json:"first"`
	LastPage     flag   `json:"last_page"`
	Last         flag   `json:"last"`
	ID           any    `json:"id"`
	Name         any    `json:"name"`
	Error        any    `json:"error"`
	Message      any    `json:"message"`
	ErrorMessage any    `json:"error_message"`
	Detail       any    `json:"detail"`
}

func parseObject(data []byte) (Page, error) {
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil {
		return Page{}, jsonError(err)
	}
	contents := e.Contents
	if contents == nil {
		contents = e.Content
	}
	if contents == nil {
		if e.ID != nil && e.Name != nil && e.Error == nil {
			return Page{Items: []json.RawMessage{data}, First: true, Last: true}, nil
		}
		return Page{}, noServices(&e)
	}
	var items []json.RawMessage
	if err := json.Unmarshal(*contents, &items); err != nil {
		return Page{}, fmt.Errorf("its list of services is not a list")
	}
	page := Page{
		Items: items, Pages: int(max(e.TotalPages, e.TotalPages1)), Total: int(max(e.TotalItems, e.TotalItems1)),
		First: bool(e.FirstPage || e.First), Last: bool(e.LastPage || e.Last),
	}
	for _, number := range []*count{e.PageNumber, e.Number} {
		if number != nil && !page.Paged {
			page.Paged, page.Number = true, int(*number)
		}
	}
	return page, nil
}

func noServices(e *envelope) error {
	for _, said := range []any{e.Message, e.ErrorMessage, e.Detail, e.Error} {
		if s, ok := said.(string); ok && s != "" {
			s, _ = text.Cut(text.OneLine(s), 200)
			return fmt.Errorf("it has no services; it says: %s", s)
		}
	}
	return errors.New("it has no services: it is neither a list, nor a page with contents, nor a service")
}

func jsonError(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("it is not whole JSON, it may have been cut: %w at byte %d", err, syntax.Offset)
	}
	return fmt.Errorf("it is not the JSON of a feed: %w", err)
}
