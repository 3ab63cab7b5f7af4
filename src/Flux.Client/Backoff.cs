namespace Flux.Client;

/// <summary>
/// Waits between attempts: each is drawn from nothing up to a bound that doubles (full jitter), so that many clients do not come back in
/// step.
/// </summary>
/// <param name="first">The first bound.</param>
/// <param name="last">What the bound never exceeds.</param>
/// <param name="random">Where the draws come from; it may be shared.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan last, Random random)
{
    private int _doublings;

    /// <summary>Gives the next wait.</summary>
    public TimeSpan Next()
    {
        double part;
        lock (random)
        {
            part = random.NextDouble();
        }

        var bound = first * Math.Pow(2, _doublings);
        if (bound >= last)
        {
            return last * part;
        }

        _doublings++;
        return bound * part;
    }

    /// <summary>Begins anew with the first bound.</summary>
    public void Reset() => _doublings = 0;
}
