using System.Globalization;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Makes the partitions of the log ahead of its head. Any silo may do so at any time; one at a time does.</summary>
internal sealed class PartitionKeeper(NpgsqlDataSource source, long partitionEvents)
{
    private long _end; // the first position that has no partition, as far as this silo knows

    /// <summary>Says whether a head is so far that the next partition should be made.</summary>
    /// <param name="head">The log's head.</param>
    public bool IsNeeded(long head) => head + (partitionEvents / 2) >= Volatile.Read(ref _end);

    /// <summary>Makes what is missing for the next positions after a head.</summary>
    /// <param name="head">The log's head.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is half made.</param>
    public async Task EnsureAsync(long head, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await connection.ExecuteAsync("LOCK TABLE event_partition IN EXCLUSIVE MODE", cancellationToken).ConfigureAwait(false);
                var end = await ReadEndAsync(connection, cancellationToken).ConfigureAwait(false);
                while (end <= head + (partitionEvents / 2))
                {
                    await connection.ExecuteAsync(Create(end, end + partitionEvents), cancellationToken).ConfigureAwait(false);
                    end += partitionEvents;
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _end, end);
            }
        }
    }

    // Made on its own and attached: that waits for no reader and no append, while CREATE … PARTITION OF would wait for all of them.
    private static string Create(long first, long end) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        CREATE TABLE event_{first:D18} (LIKE event INCLUDING DEFAULTS INCLUDING STORAGE);
        ALTER TABLE event ATTACH PARTITION event_{first:D18} FOR VALUES FROM ({first}) TO ({end});
        INSERT INTO event_partition VALUES ({first}, {end})
        """);

    private static async Task<long> ReadEndAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT coalesce(max(end_position), 1) FROM event_partition", connection);
        await using (command.ConfigureAwait(false))
        {
            return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }
}
