-- The current state of each entity, as the projection has folded it. A deleted one keeps its version and its hash. Lists and prefixes are in the
-- order of the UTF-8 bytes.
CREATE TABLE entity (
    id           text COLLATE "C" PRIMARY KEY,
    version      bigint  NOT NULL,
    hash         bytea   NOT NULL,
    last_updated bigint  NOT NULL, -- microseconds since 1970
    is_deleted   boolean NOT NULL,
    properties   bytea   NOT NULL  -- one JSON object in UTF-8, the bytes that the producers sent
) WITH (fillfactor = 70);          -- room for updates on the same page

-- One row: up to where the log has been projected, and how many entities exist. A projector writes only where it left off, so of two one loses.
CREATE TABLE projection (
    position     bigint NOT NULL,
    entity_count bigint NOT NULL
) WITH (fillfactor = 10);

INSERT INTO projection VALUES (0, 0);
