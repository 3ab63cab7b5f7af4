using Npgsql;
using NpgsqlTypes;

namespace Flux.Benchmarks.HandMade;

/// <summary>Events and the merged state of entities in two tables, written together.</summary>
internal sealed class HandMadeStore(NpgsqlDataSource source)
{
    // Measured on two cores with 64 clients: 16 share too few flushes, 64 are no faster than 32.
    private const int PoolSize = 32;

    /// <summary>Opens the database and makes its tables.</summary>
    public static async Task<NpgsqlDataSource> OpenAsync(string database, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(database)
        {
            ApplicationName = "hand-made",
            MaxPoolSize = PoolSize,

            // Parsed and planned once per connection, from the second use.
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 2,
        };
        var source = NpgsqlDataSource.Create(settings);
        await using var command = source.CreateCommand(
            """
            CREATE TABLE event (
                position bigserial PRIMARY KEY, event_id uuid NOT NULL, stream text NOT NULL, source text NOT NULL, occurred_at timestamptz NOT NULL,
                entity_id text NOT NULL, properties jsonb NOT NULL);
            CREATE TABLE entity (id text PRIMARY KEY, version bigint NOT NULL, properties jsonb NOT NULL);
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return source;
    }

    /// <summary>Writes an event and merges its properties into the entity's.</summary>
    public async Task<HandMadeAnswer> AppendAsync(HandMadeEvent posted, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var properties = posted.Payload.Properties.GetRawText();

        // A batch is one round trip and one transaction. The entity comes last, so that its row is locked for the commit alone.
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "INSERT INTO event (event_id, stream, source, occurred_at, entity_id, properties) VALUES ($1, $2, $3, $4, $5, $6) RETURNING position")
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = id },
                new NpgsqlParameter<string> { TypedValue = posted.Stream },
                new NpgsqlParameter<string> { TypedValue = posted.Source },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = DateTimeOffset.FromUnixTimeMilliseconds(posted.Timestamp) },
                new NpgsqlParameter<string> { TypedValue = posted.Payload.EntityId },
                new NpgsqlParameter<string> { TypedValue = properties, NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO entity (id, version, properties) VALUES ($1, 1, $2)
            ON CONFLICT (id) DO UPDATE SET version = entity.version + 1, properties = entity.properties || EXCLUDED.properties
            RETURNING version
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = posted.Payload.EntityId },
                new NpgsqlParameter<string> { TypedValue = properties, NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var position = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var version = reader.GetInt64(0);

        // Read to its end: only then is it known to be committed.
        await reader.NextResultAsync(cancellationToken);
        return new HandMadeAnswer(id, posted.Stream, position, version);
    }
}
