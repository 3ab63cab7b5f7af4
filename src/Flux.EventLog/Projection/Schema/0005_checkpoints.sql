-- Copies of all existing entities, each as of one position: the state of many entities at a position is read from the nearest copy before it and
-- the events in between. What a copy says follows from the log alone.
CREATE TABLE checkpoint (
    position INTEGER PRIMARY KEY -- written last: only what is here is whole
);

CREATE TABLE checkpoint_entity (
    position     INTEGER NOT NULL,
    id           TEXT NOT NULL COLLATE BINARY, -- in the order of the UTF-8 bytes
    version      INTEGER NOT NULL,
    last_updated INTEGER NOT NULL, -- microseconds since 1970
    properties   BLOB,             -- one JSON object; NULL for a large one
    PRIMARY KEY (position, id)
) WITHOUT ROWID;

-- What was projected before has none: all is projected anew, once, when the server starts.
DELETE FROM entity;
DELETE FROM entity_event;
DELETE FROM entity_snapshot;
DELETE FROM event_id;
DELETE FROM namespace_count;
UPDATE projection SET position = 0, entity_count = 0;
