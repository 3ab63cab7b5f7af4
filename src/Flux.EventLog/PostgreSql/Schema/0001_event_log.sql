-- One row: the id of this log. It changes when a copy becomes a log of its own.
CREATE TABLE log_meta (
    epoch uuid NOT NULL
);

-- One row, updated by every commit: the next positions are taken here, so its lock orders the commits of all silos. Room in the page keeps the
-- updates on it (HOT). A writer in fenced can store nothing; never a NULL in it, which would fence everybody.
CREATE TABLE log_head (
    position    bigint NOT NULL,
    recorded_at bigint NOT NULL, -- microseconds since 1970
    digest      bytea  NOT NULL,
    fenced      text[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 10);

INSERT INTO log_meta VALUES (gen_random_uuid());
INSERT INTO log_head VALUES (0, 0, decode(repeat('00', 32), 'hex'));

-- One row for each group commit: the time index (recorded_at never goes backwards), the digest chain, and the answer to "did my commit happen?".
CREATE TABLE log_commit (
    first_position bigint PRIMARY KEY,
    count          int    NOT NULL,
    recorded_at    bigint NOT NULL,
    id             uuid   NOT NULL UNIQUE, -- asked for after a lost answer
    writer         text   NOT NULL,
    digest         bytea  NOT NULL
);

-- Finds the first position of a time. One entry for each commit, in rising order.
CREATE INDEX log_commit_time ON log_commit (recorded_at);

-- The events. Partitioned by position, so that old ones can be detached to cheap storage; no index but the position, because a unique index on a
-- partitioned table must contain the position and so cannot fence.
CREATE TABLE event (
    position bigint NOT NULL,
    entity   text COLLATE "C",     -- NULL for an event without one
    version  bigint NOT NULL,      -- 0 for an event without an entity
    event_id text COLLATE "C" NOT NULL,
    envelope bytea NOT NULL,       -- timestamp, what was given, stream, source, key, schema: one column, because each array bound costs
    payload  bytea NOT NULL,
    before   bytea,
    cause    bigint,
    hash     bytea NOT NULL,
    PRIMARY KEY (position)
) PARTITION BY RANGE (position);

-- Unique (entity, version): the last line of defence when two activations of an entity live at once, and the index that reads an entity.
CREATE TABLE entity_event (
    entity   text COLLATE "C" NOT NULL,
    version  bigint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (entity, version)
);

-- Unique (namespace, event_id) for the ids that producers gave: an event sent again is recorded once, for as long as the log lives.
CREATE TABLE event_id (
    namespace text COLLATE "C" NOT NULL,
    event_id  text COLLATE "C" NOT NULL,
    position  bigint NOT NULL,
    PRIMARY KEY (namespace, event_id)
);

-- The partitions of event, made ahead of the head by whoever sees that they are needed.
CREATE TABLE event_partition (
    first_position bigint PRIMARY KEY,
    end_position   bigint NOT NULL -- the first position that is not in it
);
