-- The state of an entity right after every 256th version, so that a state of long ago is read from 256 events at most. What a snapshot says follows
-- from the log alone, so whoever finds one missing may write it.
CREATE TABLE entity_snapshot (
    entity       text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    hash         bytea  NOT NULL,
    last_updated bigint NOT NULL, -- microseconds since 1970
    properties   bytea  NOT NULL, -- one JSON object
    digest       bytea  NOT NULL, -- SHA-256 over all of it
    PRIMARY KEY (entity, version)
);

-- What was recorded after snapshots_from and up to snapshots_to has its snapshots; what was before may lack some unless the first is 0. The second is
-- behind the position when a silo of a version without snapshots has projected during an upgrade, and when the table is new: then the next projection
-- begins the stretch anew, and makes up for what is missing.
ALTER TABLE projection ADD COLUMN snapshots_from bigint NOT NULL DEFAULT 0, ADD COLUMN snapshots_to bigint NOT NULL DEFAULT 0;
