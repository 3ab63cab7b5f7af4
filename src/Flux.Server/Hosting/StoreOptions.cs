using System.CommandLine;
using Flux.EventLog.PostgreSql;

namespace Flux.Server.Hosting;

/// <summary>The options by which commands are told the store.</summary>
internal static class StoreOptions
{
    public static Option<string?> Postgres() => new("--postgres") { Description = "connection string of the database (FLUX_POSTGRES)" };

    /// <summary>Gives the database that was named, on the command line or in the environment.</summary>
    public static PostgreSqlOptions Database(ParseResult parsed, Option<string?> postgres) => new()
    {
        ConnectionString = (parsed.GetValue(postgres) ?? Environment.GetEnvironmentVariable("FLUX_POSTGRES")) is { Length: > 0 } given
            ? given
            : throw new SettingsException("name the database: --postgres or FLUX_POSTGRES (or, for an embedded store, --data)"),
    };

    public static Option<DirectoryInfo?> Data(string description) => new("--data") { Description = description };
}
