namespace Flux.Core.Log;

/// <summary>One stretch of an activation's appends, from a load of the entity to the first append that fails.</summary>
/// <remarks>Once one fails, all that is queued behind it in the same run is refused, so that nothing slips in after a failure.</remarks>
public sealed class AppendRun
{
    private volatile bool _isBroken;

    /// <summary>Gets a value indicating whether an append of this run has failed.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Ends the run. Only the log writer calls it, before anyone hears of the failure.</summary>
    public void Break() => _isBroken = true;
}
