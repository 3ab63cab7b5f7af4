using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Projection;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;
using Flux.EventLog.Verification;

namespace Flux.EventLog;

/// <summary>Computes every hash and every digest of a log anew, folds it, and compares: with what is stored beside the events, and with the read model.</summary>
/// <remarks>
/// It only reads, page by page and while the log is in use, up to the head as it was at the start. It keeps about 250 bytes for each entity in memory, and
/// a page. It ends at the first thing that is wrong.
/// </remarks>
public static class LogVerification
{
    // Often enough for a person, and nothing beside the work.
    private const int ReportEvery = 1000;

    /// <summary>Checks the embedded store of a data directory; its server may be running.</summary>
    /// <param name="dataDirectory">The data directory, or a backup.</param>
    /// <param name="expected">A head that the log once had; null for none.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops checking.</param>
    /// <returns>What was checked.</returns>
    /// <exception cref="DataDirectoryUnusableException">There is no log, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">Something is not what was written; the message names the first place.</exception>
    public static Task<VerifiedLog> VerifyEmbeddedAsync(
        string dataDirectory, HeadDigest? expected, IProgress<LogProgress>? progress, CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                using var log = SqliteLogSource.Open(dataDirectory);
                using var model = SqliteReadModelSource.Open(dataDirectory);
                return Verify(log, model, expected, progress, cancellationToken);
            },
            cancellationToken);

    /// <summary>Checks the log and the read model of a cluster; its silos may be running.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="expected">A head that the log once had; null for none.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops checking.</param>
    /// <returns>What was checked.</returns>
    /// <exception cref="InvalidDataException">Something is not what was written; the message names the first place.</exception>
    /// <exception cref="PostgreSqlUnusableException">The database belongs to another version of Flux.</exception>
    /// <exception cref="EventLogUnavailableException">The database cannot be read.</exception>
    public static Task<VerifiedLog> VerifyPostgreSqlAsync(
        PostgreSqlOptions options, HeadDigest? expected, IProgress<LogProgress>? progress, CancellationToken cancellationToken) => Task.Run(
            () => PostgreSqlReading.Run(options, source =>
            {
                using var log = new PostgreSqlLogSource(source);
                using var model = new PostgreSqlReadModelSource(source);
                return Verify(log, model, expected, progress, cancellationToken);
            }),
            cancellationToken);

    private static VerifiedLog Verify(
        ILogSource log, IReadModelSource? model, HeadDigest? expected, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        // The read model's place first: it is never ahead of a head that was read later.
        var start = model?.ReadPosition();
        var ends = log.ReadEnds();
        if (model?.Epoch is { } epoch && epoch != ends.Epoch)
        {
            throw new InvalidDataException($"the read model belongs to the log {epoch}, and this one is {ends.Epoch}: one of the two was changed");
        }

        var check = new LogCheck(expected?.Head);
        try
        {
            var head = ends.Head.Position.Value;
            var walk = new LogWalk(log, check);
            if (model is null)
            {
                foreach (var row in head == 0 ? [] : walk.ReadRows(cancellationToken))
                {
                    ReportRow();
                    if (row.Event.Position.Value >= head)
                    {
                        break;
                    }
                }
            }
            else
            {
                using var compare = new ReadModelCheck(model, start!, walk, position => log.ReadRows(position, position) is [var row] ? row : null, cancellationToken);
                compare.ReadLog(ReportRow);
                var entities = 0L;
                compare.Run(() =>
                {
                    if (++entities % ReportEvery == 0)
                    {
                        progress?.Report(new LogProgress("entities", Math.Min(entities, check.Entities.Count), check.Entities.Count));
                    }
                });
                compare.ReadRest(head, ReportRow);
                compare.CheckAhead(log.ReadEnds().Head.Position.Value);
            }

            check.CheckEnd();
            if (log.CountCauses(check.Position.Value) is { } causes && causes != check.Causes)
            {
                throw new InvalidDataException($"the index of causes has {causes} events, and the log {check.Causes} with a cause: the index was changed");
            }

            progress?.Report(new LogProgress("events", head, head));
            return new VerifiedLog(ends.Epoch, check.Head, start is null ? null : new Position(start.Position), check.Entities.Count);

            void ReportRow()
            {
                if (check.Position.Value % ReportEvery == 0)
                {
                    progress?.Report(new LogProgress("events", check.Position.Value, Math.Max(head, check.Position.Value)));
                }
            }
        }
        catch (InvalidDataException e) when (model is not null && FindMoved(check, model) is { } moved)
        {
            throw new InvalidDataException($"{e.Message}; {moved}", e);
        }
    }

    /// <summary>Finds out which row of a commit without its digest was put in another's place: the index still knows where it was.</summary>
    private static string? FindMoved(LogCheck check, IReadModelSource model)
    {
        var position = check.Head.Position.Value;
        foreach (var (entity, version) in check.Rows)
        {
            position++;
            if (entity is not null && model.FindPosition(entity, version) is var was && was != position)
            {
                return $"the event at position {position} ({Damage.Name(entity)}, version {version}) is at position {was} in the index";
            }
        }

        return null;
    }
}
