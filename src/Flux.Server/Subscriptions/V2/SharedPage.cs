using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>A stretch of the log without gaps, shared by all who read it.</summary>
internal sealed class SharedPage(IReadOnlyList<RecordedEvent> events, IReadModel readModel)
{
    private readonly Lock _gate = new();
    private Task<JudgedChange[]>? _complete;

    /// <summary>Gets the events, for those without a predicate; at least one.</summary>
    public JudgedChange[] Changes { get; } = [.. events.Select(recorded => new JudgedChange(recorded))];

    /// <summary>Gets the position of the first event.</summary>
    public Position First => events[0].Position;

    /// <summary>Gets the position of the last event.</summary>
    public Position Last => events[^1].Position;

    /// <summary>Gets about how much memory it holds.</summary>
    public long Bytes { get; } = events.Sum(recorded => recorded.Data.Payload.Json.Length + 500L);

    /// <summary>Completes the events with the states around them. It is done once for all who ask.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">A state cannot be read now.</exception>
    public Task<JudgedChange[]> CompleteAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_complete is null || _complete.IsFaulted)
            {
                _complete = new EntityStates(readModel, long.MaxValue).CompleteAsync(events, static _ => true, CancellationToken.None).AsTask();
            }

            return _complete.WaitAsync(cancellationToken);
        }
    }
}
