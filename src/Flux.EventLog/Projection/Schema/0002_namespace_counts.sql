-- How many entities exist in each namespace; '' for ids without one. Kept by the projection, in the transaction of the entities.
CREATE TABLE namespace_count (
    namespace    TEXT NOT NULL PRIMARY KEY,
    entity_count INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO namespace_count
SELECT CASE WHEN instr(id, '/') > 1 THEN substr(id, 1, instr(id, '/') - 1) ELSE '' END, count(*) FROM entity WHERE is_deleted = 0 GROUP BY 1;
