using Flux.Core.Log;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Reads a whole log and its read model from the outside: verify and export.</summary>
internal static class PostgreSqlReading
{
    /// <summary>Runs some reading.</summary>
    /// <param name="options">Where the database is.</param>
    /// <param name="read">What to read.</param>
    /// <exception cref="InvalidDataException">The database holds something that cannot have been written.</exception>
    /// <exception cref="PostgreSqlUnusableException">The database belongs to another version of Flux.</exception>
    /// <exception cref="EventLogUnavailableException">The database cannot be read.</exception>
    public static T Run<T>(PostgreSqlOptions options, Func<NpgsqlDataSource, T> read)
    {
        using var source = PostgreSqlSources.CreateReader(options);
        try
        {
            CheckSchema(source);
            return read(source);
        }
        catch (PostgresException e) when (IsDamage(e.SqlState))
        {
            throw new InvalidDataException($"the database is damaged: {e.MessageText}", e);
        }
        catch (InvalidCastException e)
        {
            throw new InvalidDataException($"the database is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException($"PostgreSQL cannot be read: {e.Message}", e);
        }
    }

    // Missing tables and columns; data that is broken; indexes and pages that are.
    private static bool IsDamage(string state) => state[..2] is "42" or "22" or "XX";

    private static void CheckSchema(NpgsqlDataSource source)
    {
        foreach (var (feature, folder) in PostgreSqlSchema.OfStore)
        {
            var known = EmbeddedScripts.Read(folder).Count;
            using var command = source.CreateCommand("SELECT version FROM flux_schema WHERE feature = $1");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = feature });
            var present = (int?)command.ExecuteScalar() ?? 0;
            if (present != known)
            {
                throw new PostgreSqlUnusableException(
                    $"the database has schema {present} of {feature} and this Flux reads schema {known}: {(present < known ? "start a silo on it once, and it is brought to that" : "use the newer version that made it")}");
            }
        }
    }
}
