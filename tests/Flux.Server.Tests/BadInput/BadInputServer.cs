namespace Flux.Server.Tests.BadInput;

/// <summary>The two servers with the embedded store that the rows torment: one that is open to all, and one that asks for tokens. Each starts with its first row.</summary>
public sealed class BadInputServer : IAsyncLifetime
{
    internal TormentedServer Open { get; } = new("embedded", isOwned: false);

    internal TormentedServer Owned { get; } = new("embedded, with tokens", isOwned: true);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Open.DisposeAsync();
        await Owned.DisposeAsync();
    }

    /// <summary>The server that a variant runs against when it runs once.</summary>
    internal TormentedServer ServerOf(Row row, Variant variant) => RowTrial.RunsOpen(row, variant) ? Open : Owned;
}
