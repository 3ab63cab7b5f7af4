-- The state of an entity right after every 256th version, so that a state of long ago is read from 256 events at most. What a snapshot says follows
-- from the log alone, so whoever finds one missing may write it: a silo of a version without them projects during an upgrade, and what was recorded
-- before it has none.
CREATE TABLE entity_snapshot (
    entity       text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    hash         bytea  NOT NULL,
    last_updated bigint NOT NULL, -- microseconds since 1970
    properties   bytea  NOT NULL, -- one JSON object
    digest       bytea  NOT NULL, -- SHA-256 over all of it
    PRIMARY KEY (entity, version)
);
