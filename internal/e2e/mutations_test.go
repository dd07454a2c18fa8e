package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A mutation is a plausible mistake: in a file, one text instead of another. A test
// of the package must fail with it.
type mutation struct {
	name, file, old, new string
	pkg, run             string // which tests; the whole package if run is empty
}

// mutations are the planted bugs. TestMutations, of a long run, plants each and
// looks whether it is caught.
func mutations() []mutation {
	return append(recordStoreMutations(), []mutation{
		{
			"a file's name is not made durable", "internal/durable/durable.go",
			"	return failed(f.disk.SyncDir(filepath.Dir(path)))\n}\n\n// Abort", "	return nil\n}\n\n// Abort",
			"./internal/db/crashtest", "",
		},
		{
			"a file is moved to its name before it is on the disk", "internal/durable/durable.go",
			"	err := f.Sync()\n", "	var err error\n", "./internal/db/crashtest", "",
		},
		{
			"SQLite syncs at checkpoints alone", "internal/db/sqlite.go",
			"_pragma=synchronous(full)", "_pragma=synchronous(normal)", "./internal/e2e", "TestPowerCutsLoseNothing",
		},
		{
			"a failed commit is answered as done", "internal/db/lane.go",
			"	if _, err := ln.conn.exec(ctx, \"COMMIT\", nil); err != nil {\n		return err\n", "	if _, err := ln.conn.exec(ctx, \"COMMIT\", nil); err != nil {\n		return nil\n",
			"./internal/e2e", "TestEveryFailureOfTheDiskIsToldAndPasses/propose",
		},
		{
			"what could not be written together is answered as kept", "internal/db/gather.go",
			"	if group[0].write(context.Background(), all) != nil {\n		return errAlone\n", "	if group[0].write(context.Background(), all) != nil {\n		return nil\n",
			"./internal/db", "TestOneThatCannotBeWritten",
		},
		{
			"entries that came before are taken again", "internal/player/arrivals.go",
			"e.Number <= number || h.launch.Mode != Normal", "h.launch.Mode != Normal", "./internal/player", "",
		},
		{
			"what is held of one launch outlives what came by another", "internal/player/recall.go",
			"l := r.of[h.attempt.ID]; l != nil {", "l := r.of[h.attempt.ID]; l != nil && false {", "./internal/player", "TestWhatIsRecalled",
		},
		{
			"the last page of a transaction is held back", "internal/db/wal.go",
			"	if f.last {", "	if f.last && false {", "./internal/db", "TestWhatIsHeldBack",
		},
		{
			"a caller's error does not undo what it did", "internal/db/lane.go",
			"\"ROLLBACK TO SAVEPOINT caller\"", "\"SAVEPOINT again\"", "./internal/db", "",
		},
		{
			"an effect comes before the commit", "internal/db/lane.go",
			"	if _, err := ln.conn.exec(ctx, \"COMMIT\", nil); err != nil {", "	for _, f := range after {\n		f()\n	}\n	after = nil\n	if _, err := ln.conn.exec(ctx, \"COMMIT\", nil); err != nil {",
			"./internal/db", "",
		},
		{
			"whoever has an operation's id gets its outcome", "internal/journal/once.go",
			"case who != tx.Actor().ID() || what != kind:", "case what != kind:", "./internal/journal", "Once|Operation|Resend|Twice",
		},
		{
			"an outcome is not kept", "internal/journal/once.go",
			"	_, err = tx.Exec(`INSERT INTO journal_operations (id, actor, kind, outcome, at) VALUES (?1, ?2, ?3, ?4, ?5)`,\n		op, tx.Actor().ID(), kind, outcome, db.Micros(tx.Now()))\n	return false, err", "	return false, nil",
			"./internal/e2e", "TestRandomHistoriesAgreeWithAModel/sqlite",
		},
		{
			"the witness may be ahead", "internal/journal/witness.go",
			"case head.Sequence < w.Sequence:", "case head.Sequence+1 < w.Sequence:", "./internal/journal", "Witness|AFork",
		},
		{
			"a seat is confirmed to one who has left", "internal/cohort/decide.go",
			"		case n.Ending != Open:\n			return \"\", fault.New(fault.Closed, \"cohort.nomination-ended\", nil)\n		case n.Answer != Yes:", "		case n.Answer != Yes:", "./internal/e2e", "TestRandomHistoriesAgreeWithAModel/sqlite",
		},
		{
			"a seat of another quota is given", "internal/cohort/store.go",
			"WHERE quota = ?1 AND state = ?2 AND sex = ?3 AND station = ?4 ORDER BY number LIMIT 1`", "WHERE (quota = ?1 OR 1 = 1) AND state = ?2 AND sex = ?3 AND station = ?4 ORDER BY number LIMIT 1`",
			"./internal/cohort", "TestAPlaceOfAnotherQuota",
		},
		{
			"one half-day too few is enough", "internal/pathway/evaluate.go",
			"	if o.Have >= o.Need {\n		o.Passed, o.PassedAt", "	if o.Have+1 >= o.Need {\n		o.Passed, o.PassedAt", "./internal/pathway", "",
		},
		{
			"a correction is missed", "internal/pathway/ledger.go",
			"			if j, ok := byID[f.Corrects]; ok {", "			if j, ok := byID[f.Corrects]; ok && false {", "./internal/pathway", "",
		},
		{
			"a mark that is taken back still stands", "internal/workshop/register.go",
			"		if n := len(signs); n > 1 {", "		if n := len(signs); n > 0 {\n			n++", "./internal/workshop", "TestTheLastMarkCounts",
		},
		{
			"the clock alone orders marks", "internal/workshop/register.go",
			"		e.RecordedAt = before[n-1].RecordedAt.Add(time.Microsecond)\n", "		e.RecordedAt = tx.Now()\n", "./internal/workshop", "TestTheLastMarkCounts",
		},
		{
			"a session that was moved is used up", "internal/coaching/account.go",
			"case s.Outcome != pathway.Held &&", "case s.Outcome != pathway.Held && s.Outcome != pathway.Moved &&", "./internal/coaching", "",
		},
		{
			"a file goes as soon as nothing refers to it", "internal/blob/store.go",
			"db.Micros(now.Add(-Grace)))", "db.Micros(now))", "./internal/blob", "",
		},
		{
			"chunks of an upload can be exchanged", "internal/blob/seal.go",
			"	binary.BigEndian.PutUint64(n[3:11], uint64(chunk))\n", "	binary.BigEndian.PutUint64(n[3:11], 0)\n", "./internal/blob", "TestChunksCannotBeExchanged",
		},
		{
			"an erasure is not written down", "internal/retention/erase.go",
			"		if err := s.Register.Add(Erasure{Person: in.Person, At: s.DB.Clock().Now()}); err != nil {", "		if err := error(nil); err != nil {", "./internal/retention", "",
		},
		{
			"a job is finished by whoever lost it", "internal/job/pool.go",
			"WHERE id = ?1 AND lease = ?2 AND state = 'leased'`, j.ID, j.lease, db.Micros(tx.Now()))", "WHERE id = ?1 AND (lease = ?2 OR 1 = 1) AND state = 'leased'`, j.ID, j.lease, db.Micros(tx.Now()))",
			"./internal/job", "",
		},
		{
			"a backup is not proved to be whole", "internal/archive/format.go",
			"	if !bytes.Equal(end, h.Sum([]byte(sealHead))) {", "	if false {", "./internal/archive", "",
		},
		{
			"a backup of another instance is taken", "internal/archive/restore.go",
			"if o != \"\" && o != m.Head.Origin {", "if false {", "./internal/archive", "TestABackupOfAnotherInstanceIsRefused",
		},
		{
			"an erasure that was cut off stays so", "internal/app/keeping.go",
			"	n, err := a.Replay(ctx)\n	if n > 0 {", "	n, err := 0, error(nil)\n	if n > 0 {", "./internal/app", "TestAnErasureThatWasCutOff",
		},
		{
			"planned hours keep their instant when zone data change", "internal/app/zones.go",
			"err != nil || had == have {", "err != nil || had != \"\" {", "./internal/e2e", "TestWhatIsPlanned",
		},
		{
			"a client's clock is believed", "internal/player/arrivals.go",
			"min(max(sent-at, 0), int64(LateFor/time.Millisecond))", "(sent - at)", "./internal/e2e", "TestClientsWith",
		},
		{
			"a group of one too few is shown", "internal/report/disclose.go",
			"return n > 0 && n < floor }", "return n > 0 && n < floor-1 }", "./internal/report", "",
		},
	}...)
}

// A mutation whose text is no longer there plants nothing.
func TestEveryMutationHasItsPlace(t *testing.T) {
	for _, m := range mutations() {
		b, err := os.ReadFile(filepath.Join("../..", m.file))
		must(t, err)
		if n := strings.Count(string(b), m.old); n != 1 {
			t.Errorf("%s: its text is %d times in %s", m.name, n, m.file)
		}
	}
}
