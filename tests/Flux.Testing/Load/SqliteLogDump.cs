using Flux.Testing.History;
using Flux.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace Flux.Testing.Load;

/// <summary>Writes the embedded store's log into a history. It knows the schema, and nothing else of the server.</summary>
public static class SqliteLogDump
{
    /// <summary>Dumps the whole log of a server that is not running.</summary>
    /// <param name="dataDirectory">Its data directory. It is copied first, so that reading changes nothing in it.</param>
    /// <param name="recorder">Where the rows go.</param>
    /// <returns>The number of rows.</returns>
    public static long Dump(string dataDirectory, HistoryRecorder recorder)
    {
        using var copy = new TemporaryDirectory();
        foreach (var file in Directory.GetFiles(dataDirectory, "log.db*"))
        {
            File.Copy(file, copy.At(Path.GetFileName(file)));
        }

        var source = new SqliteConnectionStringBuilder { DataSource = copy.At("log.db"), Pooling = false };
        using var connection = new SqliteConnection(source.ToString());
        connection.Open();
        using var meta = connection.CreateCommand();
        meta.CommandText = "SELECT epoch FROM log_meta";
        var epoch = meta.ExecuteScalar()?.ToString();

        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT position, entity, version, event_id, envelope, payload, before, cause, hash,
                   (SELECT recorded_at FROM log_commit WHERE first_position <= event.position ORDER BY first_position DESC LIMIT 1)
              FROM event ORDER BY position
            """;
        using var reader = command.ExecuteReader();
        var count = 0L;
        for (; reader.Read(); count++)
        {
            recorder.Add(LogEnvelope.ReadRow(reader, epoch));
        }

        return count;
    }
}
