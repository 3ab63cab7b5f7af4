-- The points of one property in a stretch of 256 versions of its entity, in columns: a series of a million points is read from 4,000 rows. What
-- a chunk says follows from the log alone, so any may be missing, and whoever makes one may write it. A script that empties the table of entities
-- must empty both of these: numbers are given again.
CREATE TABLE series_chunk (
    entity_no INTEGER NOT NULL,
    property  BLOB NOT NULL,    -- the name in UTF-8
    stretch   INTEGER NOT NULL, -- version v stands in stretch (v - 1) / 256
    points    BLOB NOT NULL,
    PRIMARY KEY (entity_no, property, stretch)
) WITHOUT ROWID;

-- The stretches whose chunks are there, those of all properties that have points in it.
CREATE TABLE series_stretch (
    entity_no INTEGER NOT NULL,
    stretch   INTEGER NOT NULL,
    PRIMARY KEY (entity_no, stretch)
) WITHOUT ROWID;
