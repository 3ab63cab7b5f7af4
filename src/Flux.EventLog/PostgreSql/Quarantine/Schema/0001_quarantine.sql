-- Why an entity is quarantined: position, version and what is wrong with the event there; NULL for one that is whole. Its state is the one before that
-- event. Found again from the log when all is projected anew.
ALTER TABLE entity ADD COLUMN damage text;

CREATE INDEX entity_damage ON entity (id) WHERE damage IS NOT NULL;

-- The hash of the event at row_hash_at, the position as long as no silo of a version without it projects: a read model of another log, or of another
-- position, shows by it.
ALTER TABLE projection ADD COLUMN row_hash bytea, ADD COLUMN row_hash_at bigint NOT NULL DEFAULT 0;
