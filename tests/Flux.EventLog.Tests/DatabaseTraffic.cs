using System.Diagnostics.Metrics;
using Npgsql;

namespace Flux.EventLog.Tests;

/// <summary>Counts what Npgsql reads from one database, also what it only reads to get past it.</summary>
internal sealed class DatabaseTraffic : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly string? _database;
    private long _bytesRead;

    public DatabaseTraffic(string connectionString)
    {
        _database = DatabaseOf(connectionString);
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.npgsql.bytes_read" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.Start();
    }

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public void Dispose() => _listener.Dispose();

    private static string? DatabaseOf(string? connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database;

    private void Count(Instrument instrument, long bytes, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var (name, value) in tags)
        {
            // A pool that nobody has named is called like its connection string.
            if (name == "db.client.connection.pool.name" && DatabaseOf(value as string) == _database)
            {
                Interlocked.Add(ref _bytesRead, bytes);
            }
        }
    }
}
