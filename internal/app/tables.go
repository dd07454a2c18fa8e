package app

import (
	"slices"

	"cadre/internal/access"
	"cadre/internal/archive"
	"cadre/internal/assess"
	"cadre/internal/blob"
	"cadre/internal/coaching"
	"cadre/internal/cohort"
	"cadre/internal/content"
	"cadre/internal/credential"
	"cadre/internal/db"
	"cadre/internal/evaluation"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/mail"
	"cadre/internal/notify"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
	"cadre/internal/report"
	"cadre/internal/retention"
	"cadre/internal/workshop"
)

// Tables returns the declarations of every table. Erasure, verification and
// backups go by them; a test compares them with the database.
func Tables() []db.Table {
	return slices.Concat(
		journal.Tables(), job.Tables(), blob.Tables(), mail.Tables(), archive.Tables(), []db.Table{marksTable},
		people.Tables(), access.Tables(), programme.Tables(), pathway.Tables(), cohort.Tables(), content.Tables(),
		player.Tables(), assess.Tables(), workshop.Tables(), coaching.Tables(), evaluation.Tables(), credential.Tables(), notify.Tables(),
		retention.Tables(), report.Tables(), lrs.Tables(),
	)
}
