-- How many entities exist in each namespace; '' for ids without one. Kept by the projection, in the transaction of the entities.
CREATE TABLE namespace_count (
    namespace    text COLLATE "C" PRIMARY KEY,
    entity_count bigint NOT NULL
) WITH (fillfactor = 70);

-- The position up to which entities are counted. It is behind when a silo of a version that does not count has projected during an upgrade, and when
-- the table is new: then the next projection counts all entities anew before it goes on.
ALTER TABLE projection ADD COLUMN counted bigint NOT NULL DEFAULT -1;
