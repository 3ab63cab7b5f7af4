-- The points of one property in a stretch of 256 versions of its entity, in columns: a series of a million points is read from 4,000 rows. What a
-- chunk says follows from the log alone, so any may be missing, and whoever makes one may write it.
CREATE TABLE series_chunk (
    entity   text COLLATE "C" NOT NULL,
    property bytea  NOT NULL, -- the name in UTF-8, which may hold U+0000
    stretch  bigint NOT NULL, -- version v stands in stretch (v - 1) / 256
    points   bytea  NOT NULL,
    PRIMARY KEY (entity, property, stretch)
) WITH (toast_tuple_target = 8160); -- as large as a page: a chunk of numbers has 3 KB, and stays in its row

-- Differences and doubles do not get smaller, so no time is spent on trying.
ALTER TABLE series_chunk ALTER COLUMN points SET STORAGE EXTERNAL;

-- The stretches whose chunks are there, those of all properties that have points in it.
CREATE TABLE series_stretch (
    entity  text COLLATE "C" NOT NULL,
    stretch bigint NOT NULL,
    PRIMARY KEY (entity, stretch)
);
