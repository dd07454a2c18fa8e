package report

import (
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// gather reads what the figures of a cohort are made of: everything that was
// known at a moment.
func gather(tx *db.Tx, c id.Cohort, at time.Time) (*material, error) {
	in, err := pathway.FollowingOf(tx, c)
	if err != nil {
		return nil, err
	}
	m := &material{at: at, places: map[string]int{}, staff: map[string]Staff{}, answers: map[programme.Key]answers{}}
	if m.plan, err = pathway.PlanOf(tx, in.Version); err != nil {
		return nil, err
	}
	m.blueprint = m.plan.Blueprint()
	who, err := counted(tx, c)
	if err != nil {
		return nil, err
	}
	uses, err := usesOf(tx, c, at)
	if err != nil {
		return nil, err
	}
	reasons, err := reasonsOf(tx, c, at)
	if err != nil {
		return nil, err
	}
	staff, err := staffOf(tx, c)
	if err != nil {
		return nil, err
	}
	for _, s := range staff {
		m.staff[s.Agency] = s
	}
	type work struct{ goals, met, needs int }
	works := map[id.Person]*work{}
	err = each(tx, func(r *db.Rows) error {
		var p id.Person
		var what, state string
		if err := r.Scan(&p, &what, &state); err != nil {
			return err
		}
		w := works[p]
		if w == nil {
			w = &work{}
			works[p] = w
		}
		switch {
		case what == "need":
			w.needs++
		case state == "met":
			w.met++
			w.goals++
		case state != "dropped":
			w.goals++
		}
		return nil
	}, `SELECT person, what, state FROM coaching_counted_work WHERE cohort = ?1`, c)
	if err != nil {
		return nil, err
	}
	if err := pathway.EachPerson(tx, c, func(p id.Person, all []pathway.Fact) error {
		facts := pathway.KnownBy(all, at)
		if len(facts) == 0 {
			return nil
		}
		x := person{id: p, participant: true, use: uses[p], reason: reasons[p]}
		if w, ok := who[p]; ok {
			x.sex, x.agency, x.rank, x.later, x.participant = w.sex, w.agency, w.rank, w.later, w.capacity == "participant"
		}
		if w := works[p]; w != nil {
			x.goals, x.met, x.needs = w.goals, w.met, w.needs
		}
		x.facts, _ = pathway.Effective(facts, at)
		x.standing = m.plan.Evaluate(facts, at)
		x.later = x.later || x.standing.Later
		m.people = append(m.people, x)
		return nil
	}); err != nil {
		return nil, err
	}
	err = each(tx, func(r *db.Rows) error {
		var agency string
		var n int
		if err := r.Scan(&agency, &n); err != nil {
			return err
		}
		m.places[agency] += n
		return nil
	}, `SELECT agency_key, places FROM cohort_counted_quotas WHERE cohort = ?1`, c)
	if err != nil {
		return nil, err
	}
	asked := 0
	for i := range m.people {
		if m.people[i].takesPart() {
			asked++
		}
	}
	err = each(tx, func(r *db.Rows) error {
		var stage programme.Key
		var closes int64
		var text string
		if err := r.Scan(&stage, &closes, &text); err != nil {
			return err
		}
		var given map[string]string
		if err := json.Unmarshal([]byte(text), &given); err != nil {
			return err
		}
		a := m.answers[stage]
		a.asked, a.closed = asked, !at.Before(db.Time(closes))
		a.answered++
		if g, err := strconv.Atoi(given["overall"]); err == nil && g >= 1 && g <= 5 {
			a.grades = append(a.grades, g)
		}
		m.answers[stage] = a
		return nil
	}, `SELECT stage, closes_at, answers FROM evaluation_counted_answers WHERE cohort = ?1`, c)
	return m, err
}

func each(tx *db.Tx, f func(r *db.Rows) error, query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// who is what figures are broken down by, as it was when she was proposed or
// joined.
type who struct {
	sex, agency, rank, capacity string
	later                       bool
}

func counted(tx *db.Tx, c id.Cohort) (map[id.Person]who, error) {
	out := map[id.Person]who{}
	err := each(tx, func(r *db.Rows) error {
		var p id.Person
		w := who{capacity: "participant"}
		if err := r.Scan(&p, &w.sex, &w.agency, &w.rank); err != nil {
			return err
		}
		out[p] = w
		return nil
	}, `SELECT person, sex, agency_key, rank_group FROM cohort_counted_nominations WHERE cohort = ?1 ORDER BY person`, c)
	if err != nil {
		return nil, err
	}
	err = each(tx, func(r *db.Rows) error {
		var p id.Person
		var w who
		var later int64
		if err := r.Scan(&p, &w.sex, &w.agency, &w.rank, &w.capacity, &later); err != nil {
			return err
		}
		w.later = later == 1
		out[p] = w
		return nil
	}, `SELECT person, sex, agency_key, rank_group, capacity, later FROM cohort_counted_enrolments WHERE cohort = ?1`, c)
	return out, err
}

func usesOf(tx *db.Tx, c id.Cohort, at time.Time) (map[id.Person]map[programme.Key]use, error) {
	out := map[id.Person]map[programme.Key]use{}
	err := each(tx, func(r *db.Rows) error {
		var p id.Person
		var stage programme.Key
		var u use
		var post int64
		var named string
		if err := r.Scan(&p, &stage, &u.used, &named, &post, &u.confirmed); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(named), &u.obstacles); err != nil {
			return err
		}
		u.inPost = post == 1
		if out[p] == nil {
			out[p] = map[programme.Key]use{}
		}
		out[p][stage] = u
		return nil
	}, `SELECT person, stage, used, obstacles, in_post, confirmed FROM evaluation_counted_use WHERE cohort = ?1 AND answered_at <= ?2`, c, db.Micros(at))
	return out, err
}

// reasonsOf is why people said no, the last time that they did.
func reasonsOf(tx *db.Tx, c id.Cohort, at time.Time) (map[id.Person]string, error) {
	out := map[id.Person]string{}
	return out, each(tx, func(r *db.Rows) error {
		var p id.Person
		var reason string
		err := r.Scan(&p, &reason)
		out[p] = reason
		return err
	}, `SELECT person, reason FROM cohort_counted_reasons WHERE cohort = ?1 AND at <= ?2 ORDER BY at`, c, db.Micros(at))
}

// Backing is what figures rest on, without anybody's name.
type Backing struct {
	Sheets  []Sheet  `json:"sheets"`
	Letters []Letter `json:"letters"`
	Staff   []Staff  `json:"staff,omitempty"`
}

// backing reads the sheets and letters behind a cohort's figures.
func backing(tx *db.Tx, c id.Cohort, m *material) (Backing, error) {
	out := Backing{Sheets: []Sheet{}, Letters: []Letter{}}
	for _, a := range slices.Sorted(maps.Keys(m.staff)) {
		out.Staff = append(out.Staff, m.staff[a])
	}
	corrected := map[string]int{}
	by := map[string]*Sheet{}
	if err := pathway.EachPerson(tx, c, func(_ id.Person, all []pathway.Fact) error {
		for _, f := range pathway.KnownBy(all, m.at) {
			if f.Kind() == pathway.KindAttendanceVerdict && f.Corrects != "" {
				corrected[f.Subject]++
			}
		}
		return nil
	}); err != nil {
		return out, err
	}
	for i := range m.blueprint.Stages {
		w := m.blueprint.Stages[i].Workshop
		if w == nil {
			continue
		}
		for _, d := range w.Days {
			for _, h := range d.HalfDays {
				s := Sheet{HalfDay: h.Key, Starts: string(d.Date) + "T" + string(h.From), Corrected: corrected[string(h.Key)]}
				out.Sheets = append(out.Sheets, s)
			}
		}
	}
	for i := range out.Sheets {
		by[string(out.Sheets[i].HalfDay)] = &out.Sheets[i]
	}
	for i := range m.people {
		p := &m.people[i]
		if !p.participant {
			continue
		}
		for _, f := range p.facts {
			v, ok := f.Value.(pathway.AttendanceVerdict)
			s := by[f.Subject]
			if !ok || s == nil {
				continue
			}
			switch v.Verdict {
			case pathway.Present:
				s.Present++
			case pathway.Part:
				s.Part++
			case pathway.Excused:
				s.Excused++
			case pathway.Absent:
				s.Absent++
			}
			if v.Mode == "online" && (v.Verdict == pathway.Present || v.Verdict == pathway.Part) {
				s.Online++
			}
		}
	}
	err := each(tx, func(r *db.Rows) error {
		var key string
		var closed int64
		var filed int
		if err := r.Scan(&key, &closed, &filed); err != nil {
			return err
		}
		if s := by[key]; s != nil {
			s.Closed, s.Filed = closed > 0 && closed <= db.Micros(m.at), filed
		}
		return nil
	}, `SELECT half_key, closed_at, filed FROM workshop_counted_sheets WHERE cohort = ?1`, c)
	if err != nil {
		return out, err
	}
	agencies := map[string]string{}
	if err := each(tx, func(r *db.Rows) error {
		var agency, key string
		err := r.Scan(&agency, &key)
		agencies[agency] = key
		return err
	}, `SELECT agency, agency_key FROM cohort_counted_quotas WHERE cohort = ?1`, c); err != nil {
		return out, err
	}
	return out, each(tx, func(r *db.Rows) error {
		var l Letter
		var agency string
		if err := r.Scan(&l.Kind, &agency, &l.Number, &l.Dated, &l.Covers); err != nil {
			return err
		}
		l.Agency = agencies[agency]
		out.Letters = append(out.Letters, l)
		return nil
	}, `SELECT kind, agency, number, dated, covers FROM cohort_counted_letters WHERE cohort = ?1 ORDER BY dated, kind, number`, c)
}

// agenciesOf lists the agencies that have a quota in a cohort, by their keys.
func agenciesOf(tx *db.Tx, c id.Cohort) (map[id.Agency]string, error) {
	out := map[id.Agency]string{}
	return out, each(tx, func(r *db.Rows) error {
		var a id.Agency
		var key string
		err := r.Scan(&a, &key)
		out[a] = key
		return err
	}, `SELECT agency, agency_key FROM cohort_counted_quotas WHERE cohort = ?1`, c)
}

// Release is figures that an officer signed for others.
type Release struct {
	ID        id.Release
	Cohort    id.Cohort
	Programme id.Programme
	Country   string
	Version   id.Version
	Number    int
	AsOf      time.Time
	SignedBy  id.Person
	SignedAt  time.Time
	Digest    string
	// Differences are the places for which she signed, "figure place".
	Differences []string
	partners    string
	outside     string
	backing     string
}

const releaseColumns = `id, cohort, programme, country, version, number, as_of, partners, outside, backing, differences, digest, signed_by, signed_at`

func scanRelease(r *db.Rows) (Release, error) {
	var x Release
	var asOf, at int64
	var differences string
	err := r.Scan(&x.ID, &x.Cohort, &x.Programme, &x.Country, &x.Version, &x.Number, &asOf, &x.partners, &x.outside, &x.backing, &differences, &x.Digest, &x.SignedBy, &at)
	if err != nil {
		return x, err
	}
	x.AsOf, x.SignedAt = db.Time(asOf), db.Time(at)
	return x, json.Unmarshal([]byte(differences), &x.Differences)
}

// releasesOf lists a cohort's releases, the latest first.
func releasesOf(tx *db.Tx, c id.Cohort) ([]Release, error) {
	return db.Collect(tx, scanRelease, `SELECT `+releaseColumns+` FROM report_releases WHERE cohort = ?1 ORDER BY number DESC`, c)
}

func nextNumber(tx *db.Tx, c id.Cohort) (int, error) {
	var n int
	err := tx.QueryRow(`SELECT COALESCE(MAX(number), 0) + 1 FROM report_releases WHERE cohort = ?1`, c).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 1, nil
	}
	return n, err
}

func insertRelease(tx *db.Tx, x Release) error {
	differences, err := json.Marshal(x.Differences)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO report_releases (`+releaseColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`,
		x.ID, x.Cohort, x.Programme, x.Country, x.Version, x.Number, db.Micros(x.AsOf), x.partners, x.outside, x.backing, string(differences), x.Digest,
		x.SignedBy, db.Micros(x.SignedAt))
	return err
}
