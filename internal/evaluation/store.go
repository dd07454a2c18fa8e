package evaluation

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"math/big"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/seal"
)

func insertForm(tx *db.Tx, programme id.Programme, key string, src []byte) (formID string, version int, err error) {
	if err := tx.QueryRow(`SELECT COALESCE(MAX(version), 0) FROM evaluation_forms WHERE programme = ?1 AND key = ?2`,
		programme, key).Scan(&version); err != nil {
		return "", 0, err
	}
	version++
	formID = id.New[string]()
	_, err = tx.Exec(`INSERT INTO evaluation_forms (id, programme, key, version, source, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
		formID, programme, key, version, src, db.Micros(tx.Now()))
	return formID, version, err
}

func latestForm(tx *db.Tx, programme id.Programme, key string) (formID string, f *Form, err error) {
	var src []byte
	err = tx.QueryRow(`SELECT id, source FROM evaluation_forms WHERE programme = ?1 AND key = ?2 ORDER BY version DESC LIMIT 1`,
		programme, key).Scan(&formID, &src)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, fault.New(fault.NotFound, "evaluation.no-form", fault.Args{"form": key})
	}
	if err != nil {
		return "", nil, err
	}
	f, err = keptForm(src)
	return formID, f, err
}

// forms lists the latest version of each form of a programme.
func forms(tx *db.Tx, programme id.Programme) ([]*Form, error) {
	return db.Collect(tx, func(r *db.Rows) (*Form, error) {
		var src []byte
		if err := r.Scan(&src); err != nil {
			return nil, err
		}
		return keptForm(src)
	}, `SELECT f.source FROM evaluation_forms f WHERE f.programme = ?1 AND f.version =
		(SELECT MAX(g.version) FROM evaluation_forms g WHERE g.programme = f.programme AND g.key = f.key) ORDER BY f.key`, programme)
}

const surveyColumns = `s.id, s.programme, s.cohort, s.stage, s.closes_at, f.source`

func scanSurvey(r interface{ Scan(...any) error }, more ...any) (*Survey, error) {
	var s Survey
	var closes int64
	var src []byte
	if err := r.Scan(append([]any{&s.ID, &s.Programme, &s.Cohort, &s.Stage, &closes, &src}, more...)...); err != nil {
		return nil, err
	}
	s.Closes = db.Time(closes)
	var err error
	s.Form, err = keptForm(src)
	return &s, err
}

func survey(tx *db.Tx, sid id.Survey) (*Survey, error) {
	s, err := scanSurvey(tx.QueryRow(`SELECT `+surveyColumns+`
		FROM evaluation_surveys s JOIN evaluation_forms f ON f.id = s.form WHERE s.id = ?1`, sid))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "evaluation.no-survey", nil)
	}
	return s, err
}

// surveys lists a cohort's surveys with what person has done of each; person
// may be empty.
func surveys(tx *db.Tx, cohort id.Cohort, person id.Person) ([]Turn, error) {
	return db.Collect(tx, func(r *db.Rows) (Turn, error) {
		var t Turn
		var err error
		t.Survey, err = scanSurvey(r, &t.Answered)
		return t, err
	}, `SELECT `+surveyColumns+`, COALESCE(t.answered, 0)
		FROM evaluation_surveys s JOIN evaluation_forms f ON f.id = s.form
		LEFT JOIN evaluation_turns t ON t.survey = s.id AND t.person = ?2
		WHERE s.cohort = ?1 ORDER BY s.opened_at, s.id`, cohort, person)
}

// takeTurn gives person a token for survey s, in place of any unused one. It
// returns false if she has answered already.
func takeTurn(tx *db.Tx, s id.Survey, person id.Person, tokenHash string) (bool, error) {
	n, err := tx.Exec(`INSERT INTO evaluation_turns (id, survey, person, token, answered) VALUES (?1, ?2, ?3, ?4, 0)
		ON CONFLICT (survey, person) DO UPDATE SET token = excluded.token WHERE evaluation_turns.answered = 0`,
		id.Secret(26), s, person, tokenHash) // an id that grew with time would say when
	return n == 1, err
}

// useToken marks the turn that the token belongs to as answered and keeps, in
// the token's place, what a resend of the same operation is known by. It returns
// NotFound for a token that is unknown or used.
func useToken(tx *db.Tx, tokenHash, usedBy string) (s id.Survey, err error) {
	err = tx.QueryRow(`UPDATE evaluation_turns SET answered = 1, token = ?2 WHERE token = ?1 AND answered = 0 RETURNING survey`,
		tokenHash, usedBy).Scan(&s)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "evaluation.token-used", nil)
	}
	return s, err
}

// usedBefore reports whether this very operation has used a token up.
func usedBefore(tx *db.Tx, usedBy string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM evaluation_turns WHERE token = ?1 AND answered = 1`, usedBy).Scan(&n)
	return n > 0, err
}

// untold lists who has used a token up and is not told of yet, in an order that
// says nothing of when, and counts them as told.
func untold(tx *db.Tx, s id.Survey) ([]id.Person, error) {
	who, err := db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
		`SELECT person FROM evaluation_turns WHERE survey = ?1 AND answered = 1 AND token <> '' ORDER BY person`, s)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(`UPDATE evaluation_turns SET token = '' WHERE survey = ?1 AND answered = 1`, s)
	return who, err
}

// putAside counts the answers of a survey that lie sealed.
func putAside(tx *db.Tx, s id.Survey) (n int, err error) {
	return n, tx.QueryRow(`SELECT COUNT(*) FROM evaluation_boxes WHERE survey = ?1`, s).Scan(&n)
}

// boxSize is what the text of a box is filled up to a multiple of, so that its
// length does not tell one answer from another.
const boxSize = 4 << 10

func boxBinding(s id.Survey, nonce string) seal.Binding {
	return seal.Binding{Purpose: "evaluation.answer:" + string(s), ID: nonce, Version: 1}
}

// putAway keeps an answer, sealed.
func putAway(tx *db.Tx, keys *seal.Keys, s id.Survey, a Answers) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	text = append(text, bytes.Repeat([]byte{' '}, boxSize-len(text)%boxSize)...)
	nonce := id.Secret(26)
	box := keys.Seal(boxBinding(s, nonce), text)
	_, err = tx.Exec(`INSERT INTO evaluation_boxes (survey, nonce, key_id, box) VALUES (?1, ?2, ?3, ?4)`, s, nonce, box.Key, box.Box)
	return err
}

// takeOut opens every box of a survey and removes it.
func takeOut(tx *db.Tx, keys *seal.Keys, s id.Survey) ([]Answers, error) {
	type row struct {
		nonce string
		seal.Sealed
	}
	boxes, err := db.Collect(tx, func(r *db.Rows) (b row, err error) { return b, r.Scan(&b.nonce, &b.Key, &b.Box) },
		`SELECT nonce, key_id, box FROM evaluation_boxes WHERE survey = ?1`, s)
	if err != nil {
		return nil, err
	}
	var out []Answers
	for _, b := range boxes {
		text, err := keys.Open(boxBinding(s, b.nonce), b.Sealed)
		if err != nil {
			return nil, err
		}
		var a Answers
		if err := json.Unmarshal(text, &a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	_, err = tx.Exec(`DELETE FROM evaluation_boxes WHERE survey = ?1`, s)
	return out, err
}

// toOpen lists the surveys that are closed and have answers put away.
func toOpen(tx *db.Tx) ([]id.Survey, error) {
	return db.Collect(tx, func(r *db.Rows) (s id.Survey, err error) { return s, r.Scan(&s) },
		`SELECT id FROM evaluation_surveys s WHERE closes_at <= ?1 AND EXISTS (SELECT 1 FROM evaluation_boxes b WHERE b.survey = s.id) ORDER BY id`,
		db.Micros(tx.Now()))
}

// holds returns NotFound unless the token was given for the survey and not used.
func holds(tx *db.Tx, s id.Survey, tokenHash string) error {
	var one int
	err := tx.QueryRow(`SELECT 1 FROM evaluation_turns WHERE survey = ?1 AND token = ?2`, s, tokenHash).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "evaluation.token-used", nil)
	}
	return err
}

func answers(tx *db.Tx, s id.Survey) ([]Answers, error) {
	return db.Collect(tx, func(r *db.Rows) (Answers, error) {
		var text string
		if err := r.Scan(&text); err != nil {
			return nil, err
		}
		var a Answers
		return a, json.Unmarshal([]byte(text), &a)
	}, `SELECT answers FROM evaluation_answers WHERE survey = ?1 ORDER BY nonce`, s)
}

// addAnswers adds some to the survey's answers and writes all of them anew, with
// new keys, in an order that chance picks: neither key, nor place, nor age of a
// row says which answer came when.
func addAnswers(tx *db.Tx, s id.Survey, some []Answers) error {
	all, err := answers(tx, s)
	if err != nil {
		return err
	}
	all = append(all, some...)
	for i := len(all) - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return err
		}
		all[i], all[j.Int64()] = all[j.Int64()], all[i]
	}
	if _, err := tx.Exec(`DELETE FROM evaluation_answers WHERE survey = ?1`, s); err != nil {
		return err
	}
	for _, a := range all {
		text, err := json.Marshal(a)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO evaluation_answers (survey, nonce, answers) VALUES (?1, ?2, ?3)`,
			s, id.Secret(26), string(text)); err != nil {
			return err
		}
	}
	return nil
}

const testimonialColumns = `id, person, cohort, words, lang, scope, named, until_at, state, revision, given_at`

func scanTestimonial(r interface{ Scan(...any) error }) (*Testimonial, error) {
	var t Testimonial
	var until, given int64
	err := r.Scan(&t.ID, &t.Person, &t.Cohort, &t.Words, &t.Lang, &t.Scope, &t.Named, &until, &t.State, &t.Revision, &given)
	t.Until, t.Given = db.Time(until), db.Time(given)
	return &t, err
}

func testimonialOf(tx *db.Tx, cohort id.Cohort, person id.Person) (*Testimonial, error) {
	t, err := scanTestimonial(tx.QueryRow(`SELECT `+testimonialColumns+` FROM evaluation_testimonials WHERE cohort = ?1 AND person = ?2`, cohort, person))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return t, err
}

func testimonials(tx *db.Tx, cohort id.Cohort) ([]*Testimonial, error) {
	return db.Collect(tx, func(r *db.Rows) (*Testimonial, error) { return scanTestimonial(r) },
		`SELECT `+testimonialColumns+` FROM evaluation_testimonials WHERE cohort = ?1 AND state = ?2 ORDER BY given_at, id`, cohort, Given)
}

func saveTestimonial(tx *db.Tx, t *Testimonial) error {
	_, err := tx.Exec(`INSERT INTO evaluation_testimonials (`+testimonialColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
		ON CONFLICT (cohort, person) DO UPDATE SET words = excluded.words, lang = excluded.lang, scope = excluded.scope,
		named = excluded.named, until_at = excluded.until_at, state = excluded.state, revision = excluded.revision, given_at = excluded.given_at`,
		t.ID, t.Person, t.Cohort, t.Words, t.Lang, t.Scope, t.Named, db.Micros(t.Until), t.State, t.Revision, db.Micros(t.Given))
	return err
}

const followUpColumns = `id, cohort, person, stage, used, obstacles, in_post, words, answered_at, revision`

func followUpOf(tx *db.Tx, cohort id.Cohort, stage string, person id.Person) (*FollowUp, error) {
	f, err := scanFollowUp(tx.QueryRow(`SELECT `+followUpColumns+` FROM evaluation_followups WHERE cohort = ?1 AND stage = ?2 AND person = ?3`,
		cohort, stage, person))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return f, err
}

// followUps lists what is answered to a follow-up stage of a cohort.
func followUps(tx *db.Tx, cohort id.Cohort, stage string) ([]*FollowUp, error) {
	return db.Collect(tx, func(r *db.Rows) (*FollowUp, error) { return scanFollowUp(r) },
		`SELECT `+followUpColumns+` FROM evaluation_followups WHERE cohort = ?1 AND stage = ?2`, cohort, stage)
}

func scanFollowUp(r interface{ Scan(...any) error }) (*FollowUp, error) {
	var f FollowUp
	var obstacles, words string
	var at int64
	if err := r.Scan(&f.ID, &f.Cohort, &f.Person, &f.Stage, &f.Use, &obstacles, &f.InPost, &words, &at, &f.Revision); err != nil {
		return nil, err
	}
	f.Answered = db.Time(at)
	return &f, errors.Join(json.Unmarshal([]byte(obstacles), &f.Obstacles), json.Unmarshal([]byte(words), &f.Words))
}

func saveFollowUp(tx *db.Tx, f *FollowUp) error {
	obstacles, err := json.Marshal(f.Obstacles)
	if err != nil {
		return err
	}
	words, err := json.Marshal(f.Words)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO evaluation_followups (`+followUpColumns+`, confirmed, confirmed_by, confirmed_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', '', 0)
		ON CONFLICT (cohort, stage, person) DO UPDATE SET used = excluded.used, obstacles = excluded.obstacles,
		in_post = excluded.in_post, words = excluded.words, answered_at = excluded.answered_at, revision = excluded.revision`,
		f.ID, f.Cohort, f.Person, f.Stage, f.Use, string(obstacles), f.InPost, string(words), db.Micros(f.Answered), f.Revision)
	return err
}

// confirmFollowUp keeps what the supervisor says, whether or not she has
// answered herself.
func confirmFollowUp(tx *db.Tx, rid id.FollowUp, cohort id.Cohort, stage string, person, by id.Person, u Use) error {
	_, err := tx.Exec(`INSERT INTO evaluation_followups (`+followUpColumns+`, confirmed, confirmed_by, confirmed_at)
		VALUES (?1, ?2, ?3, ?4, '', '[]', 0, '{}', 0, 0, ?5, ?6, ?7)
		ON CONFLICT (cohort, stage, person) DO UPDATE SET confirmed = excluded.confirmed,
		confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at`,
		rid, cohort, person, stage, u, by, db.Micros(tx.Now()))
	return err
}

// confirmedUse is what the supervisor said; empty if nothing.
func confirmedUse(tx *db.Tx, cohort id.Cohort, stage string, person id.Person) (u Use, err error) {
	err = tx.QueryRow(`SELECT confirmed FROM evaluation_followups WHERE cohort = ?1 AND stage = ?2 AND person = ?3`,
		cohort, stage, person).Scan(&u)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return u, err
}
