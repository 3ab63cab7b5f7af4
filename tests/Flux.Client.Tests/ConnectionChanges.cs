using System.Threading.Channels;

namespace Flux.Client.Tests;

/// <summary>Keeps what happened to a client's connection.</summary>
internal sealed class ConnectionChanges
{
    private readonly Channel<ConnectionChange> _changes = Channel.CreateUnbounded<ConnectionChange>();

    public ConnectionChanges(FluxClient client) => client.ConnectionChanged += (_, change) => _changes.Writer.TryWrite(change);

    /// <summary>Gets a value indicating whether nothing waits to be looked at.</summary>
    public bool IsEmpty => !_changes.Reader.TryPeek(out _);

    /// <summary>Waits for the next change, which must be of a kind.</summary>
    public async Task<T> NextAsync<T>()
        where T : ConnectionChange =>
        Assert.IsType<T>(await _changes.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime(typeof(T).Name));
}
