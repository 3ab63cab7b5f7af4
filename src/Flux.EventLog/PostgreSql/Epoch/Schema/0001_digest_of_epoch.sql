-- SHA-256 over the 16 bytes of the epoch, so that a change of it shows.
ALTER TABLE log_meta ADD COLUMN digest bytea;
UPDATE log_meta SET digest = sha256(uuid_send(epoch));
ALTER TABLE log_meta ALTER COLUMN digest SET NOT NULL;
