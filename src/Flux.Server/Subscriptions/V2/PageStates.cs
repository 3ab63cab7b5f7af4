using Flux.Core;
using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The states of entities behind the pages that were completed last, for those who read on from there.</summary>
/// <remarks>Reading an entity's state in the past means folding up to a snapshot's distance of its events: a reader that did so at each page would be slower than the writers.</remarks>
internal sealed class PageStates(IReadModel readModel)
{
    // So many readers at different places go on without reading states anew.
    private const int Kept = 4;

    private static readonly long MaxBytes = MemoryBudget.Of(16 * 1024 * 1024);

    private readonly Lock _gate = new();
    private readonly List<(Position Place, EntityStates States)> _kept = [];

    /// <summary>Takes the states at a place, for one page.</summary>
    /// <param name="place">The position of the page's first event.</param>
    /// <returns>Those that are known; perhaps none.</returns>
    public EntityStates Take(Position place)
    {
        lock (_gate)
        {
            var index = _kept.FindIndex(kept => kept.Place == place);
            if (index < 0)
            {
                return new EntityStates(readModel, MaxBytes);
            }

            var states = _kept[index].States;
            _kept.RemoveAt(index);
            return states;
        }
    }

    /// <summary>Gives them back when the page is complete.</summary>
    /// <param name="place">The position behind the page.</param>
    /// <param name="states">The states.</param>
    public void Keep(Position place, EntityStates states)
    {
        if (states.Bytes > 2 * MaxBytes)
        {
            return; // one page of very large entities
        }

        lock (_gate)
        {
            _kept.Add((place, states));
            if (_kept.Count > Kept)
            {
                _kept.RemoveAt(0);
            }
        }
    }
}
