package rights

// mailDays is how long a mail stays in the folder where it waits for somebody to
// hand it over: its code is good for ten minutes, and a week finds out why.
const mailDays = 7
