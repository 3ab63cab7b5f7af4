using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Past;

/// <summary>Rows of entities as they were at one position.</summary>
/// <param name="Rows">The rows; a deleted entity has no properties in it (<c>{}</c>).</param>
/// <param name="Position">The position.</param>
/// <param name="Rest">What is left of the range; null at its end.</param>
internal sealed record PresentRows(IReadOnlyList<ListedEntity> Rows, Position Position, EntityRange? Rest);
