using Flux.Core.Events;

namespace Flux.Server.Events;

/// <summary>Counts the causes that one request has named by ids of Flux's own making and that are not there: each is looked for among the events of its time.</summary>
internal sealed class MissedCauses
{
    private const int Most = 10;

    private int _count;

    /// <summary>Says that another one may be looked for.</summary>
    /// <exception cref="EventRefusedException">Too many were not there.</exception>
    public void Check()
    {
        if (Volatile.Read(ref _count) >= Most)
        {
            throw new EventRefusedException(Hosting.ErrorCodes.InvalidField,
                $"caused_by: was not looked for, because {Most} others of this request are not there; name causes by their positions");
        }
    }

    /// <summary>Takes note of one that is not there.</summary>
    public void Add() => Interlocked.Increment(ref _count);
}
