package concern

// Touched is SQL for when anybody last did anything about a concern: opened it, took it,
// wrote something down, opened it again after its end; or else when it came. The record
// knows, whatever it was. row is the table, or its name in a query.
//
// NB! The record has no index by subject, and MATERIALIZED has it read once for all
// concerns: read for each, it holds the one writer for seconds.
func Touched(row string) string {
	return "max(" + row + `.received, coalesce((WITH touch AS MATERIALIZED (
		SELECT subject, max(at) AS at FROM audit WHERE subject IN (SELECT id FROM concerns) GROUP BY subject
	) SELECT touch.at FROM touch WHERE touch.subject = ` + row + ".id), ''))"
}
