package db

// Table declares one table of the database: which package owns it, whose data
// it holds, why, for how long, and how that person is erased from it. Every
// capability returns its declarations from a function Tables; a test fails on a
// table that nobody has declared, and erasure and verification follow the
// declarations alone.
type Table struct {
	// Name is the table's name. It starts with the owner's name: people_names.
	Name string
	// Owner is the package that alone reads and writes it.
	Owner string
	// Key names the primary key's column, "id" if empty.
	Key string
	// Journalled names the columns that a journal entry vouches for, in order.
	// Empty for tables that are derived, transient or housekeeping.
	Journalled []string
	// Person names the column that holds the id of the person a row is about.
	// Empty if rows are about nobody.
	Person string
	// Through is how a person's rows are found where no index leads to Person: the
	// column that refers to a row of hers in another table. Zero where one does.
	Through Through
	// Purpose says in one sentence why the rows are kept.
	Purpose string
	// Keep says how long, in words of the retention schedule.
	Keep string
	// Erase says what happens to a person's rows when she is erased.
	Erase Erasure
	// Blank names the columns that are emptied by [EraseBlank].
	Blank []string
	// FreeText names columns in which people write and may name others.
	FreeText []string
}

// Through leads to a person's rows of one table by her rows of another.
type Through struct {
	Column string // of the one table
	Table  string // the other, whose key is "id"
	Person string // the other's column that holds the person
}

// Hers is the condition, of a statement whose ?1 is a person, under which a row of a
// table with a Person is about her. That nobody is not a person lets it be found by
// an index that leaves out rows about nobody.
func (t Table) Hers() string {
	if w := t.Through; w != (Through{}) {
		return w.Column + " IN (SELECT id FROM " + w.Table + " WHERE " + w.Person + " = ?1)"
	}
	return t.Person + " = ?1 AND " + t.Person + " <> ''"
}

// Erasure says what erasing a person does to the rows about her.
type Erasure string

// The ways to erase. The zero value is for tables about nobody.
const (
	EraseNothing Erasure = ""       // the table holds nothing about a person
	EraseDelete  Erasure = "delete" // her rows are deleted
	EraseBlank   Erasure = "blank"  // the columns of Blank are emptied, the rows stay
	EraseKeep    Erasure = "keep"   // the rows hold ids and dates alone and stay for the figures
)
