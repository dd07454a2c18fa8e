package lrs

import (
	"context"
	"database/sql"
	"errors"

	"cadre/internal/db"
	"cadre/internal/lrs/statement"
)

// ownName is the name of the account by which the instance speaks itself.
const ownName = "cadre"

// Self returns the Agent, as JSON, that vouches for the instance's own
// statements, and is the actor of those that no person made.
func (s *Service) Self() []byte { return agentJSON(s.Home, ownName, "Cadre") }

// Ready makes the record store ready to be written to inside transactions of
// others. It is called before [Service.StoreOwn].
func (s *Service) Ready(ctx context.Context) error {
	_, err := s.salt(ctx)
	return err
}

// StoreOwn keeps statements of the instance itself, in a transaction of the lane
// [db.XAPI]. Each has an id. One whose id is there already is passed over.
// programme is the key of the programme that they belong to, by which limited
// keys find them; it may be empty.
func (s *Service) StoreOwn(tx *db.Tx, programme string, batch []*statement.Statement) error {
	salt, err := s.salt(context.Background()) // known since Ready
	if err != nil {
		return err
	}
	in, _, err := prepare(salt, batch)
	if err != nil || len(in) == 0 {
		return err
	}
	k := Key{Programme: programme, Authority: s.Self(), agent: statement.Agent{Kind: "account", HomePage: s.Home, Value: ownName}.Key()}
	w := writer{s: s, tx: tx, salt: salt, now: db.Micros(tx.Now()), own: true}
	return w.write(Prepared{in: in}.by(newSource(salt, k, statement.V1, nil)))
}

// DigestOf returns the digest of the statement of an id; false if there never was
// one.
func DigestOf(tx *db.Tx, id statement.UUID) (digest [32]byte, found bool, err error) {
	var b []byte
	err = tx.QueryRow(`SELECT digest FROM lrs_ids WHERE id = ?1`, id[:]).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return digest, false, nil
	}
	copy(digest[:], b)
	return digest, err == nil, err
}

// DerivedUpTo returns the sequence of the last journal entry from which
// statements were derived.
func DerivedUpTo(tx *db.Tx) (sequence int64, err error) {
	err = tx.QueryRow(`SELECT sequence FROM lrs_derivations WHERE lane = ?1`, db.Main.String()).Scan(&sequence)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return sequence, err
}

// SetDerivedUpTo keeps what [DerivedUpTo] returns, in the transaction that stores
// the statements.
func SetDerivedUpTo(tx *db.Tx, sequence int64) error {
	_, err := tx.Exec(`INSERT INTO lrs_derivations (lane, sequence) VALUES (?1, ?2)
		ON CONFLICT (lane) DO UPDATE SET sequence = excluded.sequence`, db.Main.String(), sequence)
	return err
}
