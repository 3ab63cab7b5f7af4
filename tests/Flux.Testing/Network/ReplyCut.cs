namespace Flux.Testing.Network;

/// <summary>An order to cut a connection once, in place of a certain answer.</summary>
internal sealed class ReplyCut(byte[] request, byte[] reply)
{
    private int _taken;

    /// <summary>What the client must have sent; empty for anything.</summary>
    public byte[] Request => request;

    /// <summary>What the server must have answered after that; it is not let through.</summary>
    public byte[] Reply => reply;

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether no other connection has taken this order yet.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;
}
