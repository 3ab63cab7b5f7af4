-- Copies of all existing entities, each as of one position: the state of many entities at a position is read from the nearest copy before it and
-- the events in between. What a copy says follows from the log alone. Of what was recorded before this table was there, none are made.
CREATE TABLE checkpoint (
    position bigint PRIMARY KEY
);

-- In the order of the UTF-8 bytes of the ids, so that a stretch of them is read from pages that lie next to each other.
CREATE TABLE checkpoint_entity (
    position     bigint NOT NULL,
    id           text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    last_updated bigint NOT NULL, -- microseconds since 1970
    properties   bytea,           -- one JSON object; NULL for a large one
    PRIMARY KEY (position, id)
);
