namespace Flux.Server.Tests.BadInput;

/// <summary>The two servers that the rows torment: one that is open to all, and one that asks for tokens. Each starts with its first row.</summary>
public sealed class BadInputServer : IAsyncLifetime
{
    private readonly TormentedServer _open = new(isOwned: false);
    private readonly TormentedServer _owned = new(isOwned: true);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync();
        await _owned.DisposeAsync();
    }

    internal int ProcessIdOf(Variant variant) => ServerOf(variant).ProcessId;

    internal Task RunAsync(Variant variant) => ServerOf(variant).RunAsync(variant);

    private TormentedServer ServerOf(Variant variant) => variant.NeedsTokens ? _owned : _open;
}
