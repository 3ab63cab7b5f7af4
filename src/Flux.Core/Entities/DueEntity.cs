using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>An entity of which something becomes due.</summary>
/// <param name="At">The first time at which something does.</param>
/// <param name="Id">The entity's id.</param>
public readonly record struct DueEntity(Timestamp At, string Id)
{
    /// <summary>What stands before all of them.</summary>
    public static readonly DueEntity First = new(new Timestamp(long.MinValue), string.Empty);
}
