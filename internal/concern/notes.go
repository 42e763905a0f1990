package concern

// Note is what a responder wrote about what they did, inside of an envelope of
// the kind note.
type Note struct {
	V     int    `json:"v"`
	Words string `json:"words"`
}

// ReadNote reads the plaintext of a note, of exactly these keys; words may be none.
func ReadNote(plain []byte) (*Note, error) {
	n := &Note{}
	if len(plain) > MaxPlain || strict(plain, n) != nil || n.V != 1 {
		return nil, ErrInvalid
	}
	if !words(n.Words, maxWords) {
		return nil, ErrText
	}
	return n, nil
}

// Glass is why a responder opened a concern that wasn't theirs.
type Glass struct {
	V      int    `json:"v"`
	Reason string `json:"reason"`
}

// Whom is somebody as another person would find them.
type Whom struct {
	Name  string `json:"name"`
	Reach string `json:"reach"`
}

// Surgery is what somebody tells the surgery about somebody.
type Surgery struct {
	V     int    `json:"v"`
	About Whom   `json:"about"`
	Words string `json:"words"`
	From  Whom   `json:"from"` // empty, if whoever wrote it wants no call
}

// ReadSurgery reads the plaintext of a note to the surgery, of exactly these keys.
func ReadSurgery(plain []byte) (*Surgery, error) {
	s := &Surgery{}
	if len(plain) > MaxPlain || strict(plain, s) != nil || s.V != 1 || blank(s.Words) || normalised(s.About.Name) == "" {
		return nil, ErrInvalid
	}
	ok := words(s.Words, maxWords)
	for _, w := range []Whom{s.About, s.From} {
		ok = ok && line(w.Name, maxName) && line(w.Reach, maxReach)
	}
	if !ok {
		return nil, ErrText
	}
	return s, nil
}
