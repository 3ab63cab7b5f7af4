-- The events. No index but the position: a unique index on random keys dirties a page per row and is most of an append's cost
-- (2 cores: 42,000 rows/s with one, 194,000 without). The fences live in memory and in the read model.
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    entity   TEXT,             -- NULL for an event without one
    version  INTEGER NOT NULL, -- 0 for an event without an entity
    event_id TEXT NOT NULL,
    envelope BLOB NOT NULL,    -- timestamp, what was given, stream, source, key, schema: one column, because each bound value costs
    payload  BLOB NOT NULL,
    before   BLOB,
    cause    INTEGER,
    hash     BLOB NOT NULL
);

-- One row for each group commit: the time index (recorded_at never goes backwards), the digest chain, and the answer to "did my commit happen?".
-- The id needs no index: it is only asked for at a first_position that is known.
CREATE TABLE log_commit (
    first_position INTEGER PRIMARY KEY,
    count          INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL, -- microseconds since 1970
    id             BLOB NOT NULL,
    writer         TEXT NOT NULL,
    digest         BLOB NOT NULL
);

-- One row.
CREATE TABLE log_meta (
    epoch TEXT NOT NULL
);
