-- What of an entity becomes due, and when: JSON, times in microseconds since 1970; NULL for nothing. due_at is the first of them.
ALTER TABLE entity ADD COLUMN expiry BLOB;
ALTER TABLE entity ADD COLUMN due_at INTEGER;
ALTER TABLE entity_snapshot ADD COLUMN expiry BLOB;

CREATE INDEX entity_due ON entity (due_at, id) WHERE due_at IS NOT NULL;
