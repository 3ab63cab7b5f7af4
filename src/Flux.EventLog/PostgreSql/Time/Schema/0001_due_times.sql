-- What of an entity becomes due, and when: JSON, times in microseconds since 1970; NULL for nothing. due_at is the first of them.
ALTER TABLE entity ADD COLUMN expiry bytea, ADD COLUMN due_at bigint;
ALTER TABLE entity_snapshot ADD COLUMN expiry bytea;

CREATE INDEX entity_due ON entity (due_at, id) WHERE due_at IS NOT NULL;

-- The events that an event led to. Most have no cause, and cost nothing here. Each partition gets one of its own.
CREATE INDEX event_cause ON event (cause) WHERE cause IS NOT NULL;
