using Microsoft.Extensions.Time.Testing;

namespace Flux.Client.Tests;

/// <summary>
/// A clock that a test moves, and that tells it when somebody has looked: so it knows that a frame has arrived of which the application
/// sees nothing.
/// </summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _looked = new();
    private int _awaited;

    /// <summary>Gives what ends when somebody has looked so often from now on.</summary>
    public Task<bool> LooksAsync(int count)
    {
        lock (_gate)
        {
            (_awaited, _looked) = (count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return DoneAsync(_looked.Task);
        }

        static async Task<bool> DoneAsync(Task task)
        {
            await task;
            return true;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            if (--_awaited == 0)
            {
                _looked.SetResult();
            }
        }

        return base.GetTimestamp();
    }
}
