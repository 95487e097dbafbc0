-- The ledger: one row for every act that changed what is known, in the same database as the vault, so that one COMMIT
-- decides over both. Rows are only ever added; triggers hold whoever writes to it. No personal data: files are named as
-- their sender named them, with long numbers masked.

CREATE TABLE IF NOT EXISTS ledger_act (
    id          INTEGER PRIMARY KEY,
    what        TEXT NOT NULL CHECK (what IN ('import', 'desk', 'recovery')),
    kind        TEXT NOT NULL CHECK ((kind <> '') = (what = 'import')),
    extracted   TEXT CHECK (extracted IS date(extracted)),             -- the day of the extract
    received_at TEXT NOT NULL CHECK (received_at LIKE '____-__-__T__:__:__.______'),
    shape       TEXT NOT NULL CHECK (shape IN ('nothing', 'register', 'everything', 'scope')),
    names       INTEGER NOT NULL CHECK (names IN (0, 1, 2)),           -- what files of before may say now, see below
    report      TEXT NOT NULL CHECK (report LIKE '{%}'),
    CHECK ((extracted IS NOT NULL) = (what = 'import'))
) STRICT;

-- Of shape `scope`: the values for which the act spoke with authority, each a JSON list, one item a column.
CREATE TABLE IF NOT EXISTS ledger_scope (
    act   INTEGER NOT NULL REFERENCES ledger_act,
    value TEXT NOT NULL CHECK (value LIKE '[%]'),
    PRIMARY KEY (act, value)
) STRICT, WITHOUT ROWID;

-- `id` is the number in the source rows of facts. `definition`: by which mapping the file was read; `names`: how many acts
-- had spoken of names before (the desk, the register of persons, whatever brought a name into doubt). A file of the same
-- bytes is taken once, unless its mapping has changed or names have been spoken of since: then rows that were refused may
-- be accepted (`ledger_act.names` 1), or rows that were accepted have been withdrawn and wait to be sent again (2).
CREATE TABLE IF NOT EXISTS ledger_file (
    id         INTEGER PRIMARY KEY,
    act        INTEGER NOT NULL REFERENCES ledger_act,
    kind       TEXT NOT NULL CHECK (kind <> ''),
    extracted  TEXT NOT NULL CHECK (extracted IS date(extracted)),
    name       TEXT NOT NULL,
    layout     TEXT NOT NULL,
    definition TEXT NOT NULL,
    names      INTEGER NOT NULL CHECK (names >= 0),
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    bytes      INTEGER NOT NULL CHECK (bytes >= 0),
    rows_read  INTEGER NOT NULL,
    accepted   INTEGER NOT NULL CHECK (accepted >= 0),
    refused    INTEGER NOT NULL CHECK (refused >= 0),
    ignored    INTEGER NOT NULL CHECK (ignored >= 0),
    CHECK (rows_read = accepted + refused + ignored),
    UNIQUE (kind, extracted, sha256, definition, names)
) STRICT;

-- What became of the facts of a table: new, changed, confirmed, retracted …
CREATE TABLE IF NOT EXISTS ledger_count (
    act        INTEGER NOT NULL REFERENCES ledger_act,
    table_name TEXT NOT NULL,
    what       TEXT NOT NULL,
    facts      INTEGER NOT NULL CHECK (facts >= 0),
    PRIMARY KEY (act, table_name, what)
) STRICT, WITHOUT ROWID;

-- The version of a fact table that the act made, and the data files which that version adds: enough to enter them in
-- the table's own log, should that not have come to pass.
CREATE TABLE IF NOT EXISTS ledger_version (
    act        INTEGER NOT NULL REFERENCES ledger_act,
    table_name TEXT NOT NULL,
    version    INTEGER NOT NULL CHECK (version >= 0),
    PRIMARY KEY (table_name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS ledger_part (
    table_name TEXT NOT NULL,
    version    INTEGER NOT NULL,
    file       TEXT NOT NULL,
    bytes      INTEGER NOT NULL CHECK (bytes > 0),
    facts      INTEGER NOT NULL CHECK (facts > 0),
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (table_name, file),
    FOREIGN KEY (table_name, version) REFERENCES ledger_version
) STRICT, WITHOUT ROWID;

-- Acts are numbered without gaps, and each is received after the one before, so that of two facts of one key the one
-- that came in later is also recorded later, whatever the clock did in between.
CREATE TRIGGER IF NOT EXISTS ledger_act_follows BEFORE INSERT ON ledger_act BEGIN
    SELECT RAISE(ABORT, 'an act follows the one before it')
    WHERE NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM ledger_act)
       OR NEW.received_at <= (SELECT max(received_at) FROM ledger_act);
END;

CREATE TRIGGER IF NOT EXISTS ledger_file_follows BEFORE INSERT ON ledger_file BEGIN
    SELECT RAISE(ABORT, 'files are numbered one after the other')
    WHERE NEW.id <= (SELECT max(id) FROM ledger_file);
END;

CREATE TRIGGER IF NOT EXISTS ledger_version_follows BEFORE INSERT ON ledger_version BEGIN
    SELECT RAISE(ABORT, 'a version follows the one before it')
    WHERE NEW.version <> (SELECT coalesce(max(version), -1) + 1 FROM ledger_version WHERE table_name = NEW.table_name);
END;

CREATE TRIGGER IF NOT EXISTS ledger_act_stays BEFORE UPDATE ON ledger_act BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_act_kept BEFORE DELETE ON ledger_act BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_scope_stays BEFORE UPDATE ON ledger_scope BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_scope_kept BEFORE DELETE ON ledger_scope BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_file_stays BEFORE UPDATE ON ledger_file BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_file_kept BEFORE DELETE ON ledger_file BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_count_stays BEFORE UPDATE ON ledger_count BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_count_kept BEFORE DELETE ON ledger_count BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_version_stays BEFORE UPDATE ON ledger_version BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_version_kept BEFORE DELETE ON ledger_version BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_part_stays BEFORE UPDATE ON ledger_part BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS ledger_part_kept BEFORE DELETE ON ledger_part BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
