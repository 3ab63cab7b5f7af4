using Flux.Testing.Cluster;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Which silos wrote what, and which may write no more, by the tables of the log: names such as <c>127.0.0.1:33811@154713214</c>.</summary>
internal static class LogWriters
{
    private const string Writes =
        """
        SELECT e.entity, e.version, split_part(c.writer, '#', 1) AS writer
          FROM entity_event e, LATERAL (SELECT writer FROM log_commit WHERE first_position <= e.position ORDER BY first_position DESC LIMIT 1) c
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Gives the silo that wrote each event of an entity, in the order of its versions.</summary>
    public static async Task<string[]> OfAsync(string database, string entity) =>
        await PostgreSqlServer.ExecuteAsync(database, $"SELECT array_agg(writer ORDER BY version) FROM ({Writes} WHERE e.entity = '{entity}') w", Cancellation) as string[] ?? [];

    /// <summary>Counts how often the writer of one entity was followed by another: of the entity that changed hands most.</summary>
    /// <param name="database">The database.</param>
    /// <param name="after">The position from which on events count.</param>
    public static async Task<long> MostMovesAsync(string database, long after) =>
        (long)(await PostgreSqlServer.ExecuteAsync(
            database,
            $"""
            SELECT coalesce(max(moves), 0) FROM (
              SELECT entity, count(*) FILTER (WHERE writer <> before) AS moves
                FROM (SELECT entity, writer, lag(writer) OVER (PARTITION BY entity ORDER BY version) AS before FROM ({Writes} WHERE e.position > {after}) w) s
               GROUP BY entity) m
            """,
            Cancellation))!;

    /// <summary>Gives the names that may write no more.</summary>
    public static async Task<string[]> FencedAsync(string database) =>
        (string[])(await PostgreSqlServer.ExecuteAsync(database, "SELECT fenced FROM log_head", Cancellation))!;

    /// <summary>Says whether a name is of one of the starts of a silo.</summary>
    public static bool IsOf(this string writer, ClusterMember member) => writer.StartsWith(member.Silo + "@", StringComparison.Ordinal);
}
