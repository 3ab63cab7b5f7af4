-- The state of an entity right after every 256th version, so that a state of long ago is read from 256 events at most.
CREATE TABLE entity_snapshot (
    entity_no    INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    hash         BLOB NOT NULL,
    last_updated INTEGER NOT NULL, -- microseconds since 1970
    properties   BLOB NOT NULL,    -- one JSON object
    digest       BLOB NOT NULL,    -- SHA-256 over all of it
    PRIMARY KEY (entity_no, version)
);

-- What was projected before has none: all is projected anew, once, when the server starts.
DELETE FROM entity;
DELETE FROM entity_event;
DELETE FROM event_id;
DELETE FROM namespace_count;
UPDATE projection SET position = 0, entity_count = 0;
