-- What Orleans' AdoNet membership asks for: a table of queries by name, and tables of ours behind them. Every change of a cluster goes through the
-- version of its row, so of two silos that decide at the same time one is refused and looks again.
CREATE TABLE orleansquery (
    querykey  text PRIMARY KEY,
    querytext text NOT NULL
);

CREATE TABLE silo_cluster (
    cluster_id text PRIMARY KEY,
    version    int NOT NULL
);

CREATE TABLE silo (
    cluster_id    text NOT NULL REFERENCES silo_cluster,
    address       text NOT NULL,
    port          int  NOT NULL,
    generation    int  NOT NULL,
    silo_name     text NOT NULL,
    host_name     text NOT NULL,
    status        int  NOT NULL,
    proxy_port    int,
    suspect_times text,
    start_time    timestamptz NOT NULL,
    alive_time    timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

INSERT INTO orleansquery VALUES
('InsertMembershipVersionKey', '
  WITH added AS (INSERT INTO silo_cluster VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1)
  SELECT EXISTS (SELECT 1 FROM added)'),

('InsertMembershipKey', '
  WITH moved AS (
    UPDATE silo_cluster SET version = version + 1
     WHERE cluster_id = @DeploymentId AND version = @Version
       AND NOT EXISTS (SELECT 1 FROM silo WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING 1
  ), added AS (
    INSERT INTO silo (cluster_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_time)
    SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
    RETURNING 1
  )
  SELECT EXISTS (SELECT 1 FROM added)'),

('UpdateMembershipKey', '
  WITH moved AS (
    UPDATE silo_cluster SET version = version + 1
     WHERE cluster_id = @DeploymentId AND version = @Version
       AND EXISTS (SELECT 1 FROM silo WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING 1
  ), changed AS (
    UPDATE silo SET status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime FROM moved
     WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
    RETURNING 1
  )
  SELECT EXISTS (SELECT 1 FROM changed)'),

('UpdateIAmAlivetimeKey', '
  UPDATE silo SET alive_time = @IAmAliveTime
   WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),

('MembershipReadRowKey', '
  SELECT c.version AS "Version", s.address AS "Address", s.port AS "Port", s.generation AS "Generation", s.silo_name AS "SiloName",
         s.host_name AS "HostName", s.status AS "Status", s.proxy_port AS "ProxyPort", s.suspect_times AS "SuspectTimes",
         s.start_time AS "StartTime", s.alive_time AS "IAmAliveTime"
    FROM silo_cluster c LEFT JOIN silo s ON s.cluster_id = c.cluster_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
   WHERE c.cluster_id = @DeploymentId'),

('MembershipReadAllKey', '
  SELECT c.version AS "Version", s.address AS "Address", s.port AS "Port", s.generation AS "Generation", s.silo_name AS "SiloName",
         s.host_name AS "HostName", s.status AS "Status", s.proxy_port AS "ProxyPort", s.suspect_times AS "SuspectTimes",
         s.start_time AS "StartTime", s.alive_time AS "IAmAliveTime"
    FROM silo_cluster c LEFT JOIN silo s ON s.cluster_id = c.cluster_id
   WHERE c.cluster_id = @DeploymentId'),

('GatewaysQueryKey', '
  SELECT address AS "Address", proxy_port AS "ProxyPort", generation AS "Generation"
    FROM silo WHERE cluster_id = @DeploymentId AND status = @Status AND proxy_port > 0'),

('DeleteMembershipTableEntriesKey', '
  WITH gone AS (DELETE FROM silo WHERE cluster_id = @DeploymentId)
  DELETE FROM silo_cluster WHERE cluster_id = @DeploymentId'),

-- 3 is Active.
('CleanupDefunctSiloEntriesKey', '
  DELETE FROM silo WHERE cluster_id = @DeploymentId AND alive_time < @IAmAliveTime AND status <> 3');
