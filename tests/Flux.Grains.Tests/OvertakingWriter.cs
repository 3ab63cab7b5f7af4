using Flux.Core.Log;

namespace Flux.Grains.Tests;

/// <summary>Records each event at once, but answers the first only when it is told to: the second answer overtakes it.</summary>
internal sealed class OvertakingWriter : ILogWriter
{
    private readonly TaskCompletionSource<AppendResult> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RecordedEvent? _recordedFirst;

    public Task<AppendResult> AppendAsync(EventToAppend item, AppendRun? run)
    {
        var recorded = new RecordedEvent
        {
            Position = new Position(item.Version),
            RecordedAt = new Timestamp(item.Version * 1000),
            Version = item.Version,
            Data = item.Data,
            Before = item.Before,
            Hash = item.Hash,
        };
        if (_recordedFirst is null)
        {
            _recordedFirst = recorded;
            return _first.Task;
        }

        return Task.FromResult<AppendResult>(new AppendResult.Appended(recorded));
    }

    public void AnswerFirst() => _first.SetResult(new AppendResult.Appended(_recordedFirst!));
}
