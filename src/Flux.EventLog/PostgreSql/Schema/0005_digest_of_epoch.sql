-- SHA-256 over the 16 bytes of the epoch, so that a change of it shows. From this schema on a row's hash covers what the producer gave, and a commit's
-- digest its id and its writer; a verification by an earlier Flux would take such rows for changed.
ALTER TABLE log_meta ADD COLUMN digest bytea;
UPDATE log_meta SET digest = sha256(uuid_send(epoch));
ALTER TABLE log_meta ALTER COLUMN digest SET NOT NULL;
