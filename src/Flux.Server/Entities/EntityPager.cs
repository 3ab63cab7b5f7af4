using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Expressions;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Entities;

/// <summary>Reads pages of lists. What a page costs is bounded, whatever the condition is and however few entities fulfil it.</summary>
internal sealed class EntityPager(IReadModel readModel, IPastStates past, TimeProvider time)
{
    // A page ends after so many entities were looked at, found or not, or after so many bytes of the answer.
    private const int MaxLookedAt = 10_000;
    private const int MaxBytes = 1024 * 1024;

    // In one read, which shows one moment. One with large entities gives fewer.
    private const int RowsPerRead = 1000;

    // Of the past each is read from its own history.
    private const int PastRowsPerRead = 100;

    // Where each entity is large, and where many hidden namespaces are passed over.
    private const int MaxReads = 50;

    // An ordinary condition takes a tenth of it for all of them; one that uses up its steps for each entity would take seconds.
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads a page.</summary>
    /// <param name="query">What is asked for.</param>
    /// <param name="rights">What the client may read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The page as JSON, and the least id of the next one; null when this was the last.</returns>
    /// <exception cref="RequestRefusedException">The condition costs more than its budget.</exception>
    public async Task<(ArrayBufferWriter<byte> Json, string? Next)> ReadAsync(
        EntityPageQuery query, ReadRights rights, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var json = new ArrayBufferWriter<byte>();
        JsonAnswer.Write(json, "["u8);
        var (found, lookedAt, reads, isFull) = (0, 0, 0, false);
        var rest = rights.SkipHidden(query.Range);
        while (!rest.IsEmpty && !isFull && reads < MaxReads && (reads == 0 || time.GetElapsedTime(started) < MaxTime))
        {
            reads++;
            var rows = query.Where is null ? query.Limit - found + 1 : int.MaxValue; // one more tells whether there is one more
            var page = query.At is { } at
                ? await past.ReadPageAsync(rest, at, Math.Min(rows, PastRowsPerRead), cancellationToken)
                : await readModel.ReadPageAsync(rest, Math.Min(rows, RowsPerRead), cancellationToken);
            var after = page.Rest ?? EntityRange.Nothing;
            for (var i = 0; i < page.Entities.Count; i++)
            {
                var entity = page.Entities[i];
                if (!rights.CanRead(entity.Id))
                {
                    continue;
                }

                lookedAt++;
                if (IsWanted(query.Where, entity))
                {
                    JsonAnswer.Write(json, found == 0 ? default : ","u8);
                    var shown = new EntitySnapshot(entity.Properties, entity.LastUpdated, entity.Version, Expiry: null);
                    EntityJson.Write(json, entity.Id, shown);
                    found++;
                }

                if (found == query.Limit || lookedAt == MaxLookedAt || json.WrittenCount >= MaxBytes
                    || time.GetElapsedTime(started) >= MaxTime)
                {
                    isFull = true;
                    after = i < page.Entities.Count - 1 ? rest.After(entity.Id) : after;
                    break;
                }
            }

            rest = rights.SkipHidden(after);
        }

        JsonAnswer.Write(json, "]"u8);
        return (json, rest.IsEmpty ? null : rest.Start);
    }

    private static bool IsWanted(EntityFilter? where, ListedEntity entity) => where?.Judge(entity) switch
    {
        null or Verdict.Yes => true,
        Verdict.No => false,
        _ => throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.ExpressionTooCostly,
            "where: the condition costs more than its budget"),
    };
}
