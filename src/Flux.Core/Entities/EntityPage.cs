using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>A stretch of the read model as it was at one position.</summary>
/// <param name="Entities">The entities that existed then, in the order of <see cref="EntityIdOrder"/>; perhaps none.</param>
/// <param name="Position">The position of the log that the page shows: exactly the fold of the log up to there.</param>
/// <param name="Rest">What is left of the range; null at its end. The page shows all that existed in the range before it.</param>
public sealed record EntityPage(IReadOnlyList<ListedEntity> Entities, Position Position, EntityRange? Rest);
