package text

import "regexp"

var phones = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{5,}$`)

// Phone gives s as a number that can be rung, as people write them; an empty one is
// accepted. The error is an *Error with code text_invalid.
func Phone(s string, max int) (string, error) {
	line, err := Line(s, max)
	if err != nil || line != "" && !phones.MatchString(line) {
		return "", invalid("A phone number has up to 20 digits and spaces, such as 07700 900123.")
	}
	return line, nil
}
