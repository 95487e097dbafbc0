-- The vault: who people are. Every number, name and account is sealed; every index is keyed.
-- Tables are only ever added to by imports, decided upon by the desk, and re-sealed by a rotation.

CREATE TABLE vault_ring (
    ring   TEXT    NOT NULL PRIMARY KEY,                       -- which key ring this vault belongs to
    format INTEGER NOT NULL CHECK (format = 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE vault_key (                                       -- every key that may seal a row here
    id      INTEGER NOT NULL PRIMARY KEY,
    purpose TEXT    NOT NULL CHECK (purpose IN
        ('number', 'name', 'account', 'number-index', 'name-index', 'account-index', 'naming')),
    proof   BLOB    NOT NULL CHECK (length(proof) = 16),       -- tells a wrong key before anything is written
    retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) STRICT;

CREATE TABLE identity (                                        -- one row a number
    id           INTEGER NOT NULL PRIMARY KEY,
    own          TEXT    NOT NULL CHECK (length(own) = 17 AND own GLOB 'P[A-Z2-7]*'),
    index_key    INTEGER NOT NULL REFERENCES vault_key (id),
    number_index BLOB    NOT NULL CHECK (length(number_index) = 32),
    number_key   INTEGER NOT NULL REFERENCES vault_key (id),
    number       BLOB    NOT NULL CHECK (length(number) = 46)  -- nonce 12, text 18, tag 16
) STRICT;

CREATE TABLE name (                                            -- every name that a number came with
    identity   INTEGER NOT NULL REFERENCES identity (id),
    no         INTEGER NOT NULL CHECK (no >= 0),
    index_key  INTEGER NOT NULL REFERENCES vault_key (id),
    name_index BLOB    NOT NULL CHECK (length(name_index) = 32),  -- of name and birth date
    name_key   INTEGER NOT NULL REFERENCES vault_key (id),
    name       BLOB    NOT NULL CHECK (length(name) BETWEEN 29 AND 2000),
    registered INTEGER          CHECK (registered BETWEEN 10000101 AND 99991231),  -- oldest extract of the register with it
    verdict    TEXT             CHECK (verdict IN ('right-name', 'new-name', 'former-name', 'wrong-name')),
    decision   INTEGER          REFERENCES decision (id),
    CHECK ((verdict IS NULL) = (decision IS NULL)),
    PRIMARY KEY (identity, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (                                         -- with the name that it came with, -1 for none
    identity      INTEGER NOT NULL REFERENCES identity (id),
    name_no       INTEGER NOT NULL CHECK (name_no >= -1),
    index_key     INTEGER NOT NULL REFERENCES vault_key (id),
    account_index BLOB    NOT NULL CHECK (length(account_index) = 32),
    account_key   INTEGER NOT NULL REFERENCES vault_key (id),
    account       BLOB    NOT NULL CHECK (length(account) BETWEEN 29 AND 500),
    newest        INTEGER NOT NULL CHECK (newest BETWEEN 10000101 AND 99991231),  -- newest extract that has it
    PRIMARY KEY (identity, name_no, account_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE resolved (                                        -- numbers that speak of another one's person
    identity INTEGER NOT NULL PRIMARY KEY REFERENCES identity (id),
    person   TEXT    NOT NULL CHECK (length(person) = 17)
) STRICT;
CREATE INDEX resolved_person ON resolved (person);

CREATE TABLE desk_case (
    id        INTEGER NOT NULL PRIMARY KEY,
    kind      TEXT    NOT NULL CHECK (kind IN ('two-names', 'two-numbers')),
    identity  INTEGER NOT NULL REFERENCES identity (id),
    name_no   INTEGER NOT NULL CHECK ((kind = 'two-names') = (name_no >= 0)),  -- the name in question, else -1
    other     INTEGER          REFERENCES identity (id) CHECK ((kind = 'two-numbers') = (other IS NOT NULL)),
    opened_at TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX case_name ON desk_case (identity, name_no) WHERE kind = 'two-names';
CREATE UNIQUE INDEX case_pair ON desk_case (identity, other) WHERE kind = 'two-numbers';
CREATE INDEX case_other ON desk_case (other);

CREATE TABLE decision (                                        -- the journal of the desk: rows are never changed
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES desk_case (id),
    verdict TEXT    NOT NULL CHECK (verdict IN
        ('same-person', 'different-persons', 'right-name', 'new-name', 'former-name', 'wrong-name', 'undo')),
    undoes  INTEGER UNIQUE REFERENCES decision (id) CHECK ((verdict = 'undo') = (undoes IS NOT NULL)),
    by      TEXT    NOT NULL CHECK (by <> ''),
    at      TEXT    NOT NULL,
    note    TEXT    NOT NULL
) STRICT;
CREATE INDEX decision_case ON decision (case_id);
CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN SELECT raise(ABORT, 'append only'); END;
CREATE TRIGGER decision_kept BEFORE DELETE ON decision BEGIN SELECT raise(ABORT, 'append only'); END;

CREATE TABLE revealed (                                        -- who was shown what, and why: rows are never changed
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    person  TEXT    NOT NULL,
    field   TEXT    NOT NULL CHECK (field IN ('number', 'name', 'account')),
    purpose TEXT    NOT NULL CHECK (purpose <> ''),
    by      TEXT    NOT NULL CHECK (by <> ''),
    at      TEXT    NOT NULL
) STRICT;
CREATE TRIGGER revealed_stays BEFORE UPDATE ON revealed BEGIN SELECT raise(ABORT, 'append only'); END;
CREATE TRIGGER revealed_kept BEFORE DELETE ON revealed BEGIN SELECT raise(ABORT, 'append only'); END;

CREATE TABLE rotation (                                        -- how far a rotation has come, by its new key
    key_id   INTEGER NOT NULL PRIMARY KEY REFERENCES vault_key (id),
    identity INTEGER NOT NULL                                  -- all rows up to this one are under the key
) STRICT;
