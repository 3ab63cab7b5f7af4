using System.Runtime.CompilerServices;
using Flux.Core.Entities;

namespace Flux.EventLog.Projection;

/// <summary>Reads a range of entities page after page.</summary>
internal static class EntityPages
{
    private const int Rows = 1000;

    /// <summary>Reads the entities of a range.</summary>
    /// <param name="range">The range.</param>
    /// <param name="readPage">Reads a page of a range, with the most rows to look at.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async IAsyncEnumerable<ListedEntity> ListAsync(
        EntityRange range,
        Func<EntityRange, int, CancellationToken, ValueTask<EntityPage>> readPage,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var rest = range.IsEmpty ? null : range; rest is not null;)
        {
            var page = await readPage(rest, Rows, cancellationToken).ConfigureAwait(false);
            foreach (var entity in page.Entities)
            {
                yield return entity;
            }

            rest = page.Rest;
        }
    }
}
