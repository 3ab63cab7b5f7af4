-- The current state of each entity. A deleted one keeps its version and its hash.
CREATE TABLE entity (
    entity_no    INTEGER PRIMARY KEY,
    id           TEXT NOT NULL COLLATE BINARY UNIQUE, -- lists and prefixes in the order of the UTF-8 bytes
    version      INTEGER NOT NULL,
    hash         BLOB NOT NULL,
    last_updated INTEGER NOT NULL, -- microseconds since 1970
    is_deleted   INTEGER NOT NULL,
    properties   BLOB NOT NULL,    -- one JSON object
    recent       BLOB NOT NULL     -- the positions of the versions after the last whole chunk in entity_event
);

-- The positions of an entity's events, 64 versions to a row: version v stands in chunk (v - 1) / 64. Those of the open chunk are in the entity's
-- own row, which every event rewrites anyway, so that this index dirties a page once in 64 events and not once for each.
CREATE TABLE entity_event (
    entity_no INTEGER NOT NULL,
    chunk     INTEGER NOT NULL,
    positions BLOB NOT NULL,
    PRIMARY KEY (entity_no, chunk)
) WITHOUT ROWID;

-- The ids that producers gave: finds repetitions for as long as the log lives. Its key is the last line of defence.
CREATE TABLE event_id (
    namespace TEXT NOT NULL,
    event_id  TEXT NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (namespace, event_id)
) WITHOUT ROWID;

-- One row: up to where the log of this epoch has been projected, and how many entities exist.
CREATE TABLE projection (
    epoch        TEXT NOT NULL,
    position     INTEGER NOT NULL,
    entity_count INTEGER NOT NULL
);
