using Flux.Client;

namespace Flux.Dashboard.Api;

/// <summary>
/// One person's visit: the token that was typed in, and the live connection that shows it. The token is in memory here, and in the tab.
/// </summary>
internal sealed class Session(ApiConnection connection) : IAsyncDisposable
{
    private FluxClient? _client;

    /// <summary>Happens when another token is shown from now on.</summary>
    public event Action? TokenChanged;

    /// <summary>Gets or sets a value indicating whether the console is dark.</summary>
    public bool IsDark { get; set; }

    /// <summary>Gets or sets a value indicating whether there is no room for the menu beside the view.</summary>
    public bool IsNarrow { get; set; }

    /// <summary>Gets the token; null when none was typed in.</summary>
    public string? Token { get; private set; }

    /// <summary>Shows another token from now on.</summary>
    /// <param name="token">The token; null or blank for none.</param>
    /// <returns>A task that ends when what was live under the former one has ended.</returns>
    public async Task ShowAsync(string? token)
    {
        Token = string.IsNullOrWhiteSpace(token) ? null : token.Trim();
        await EndAsync();
        TokenChanged?.Invoke();
    }

    /// <summary>Subscribes with the token.</summary>
    /// <param name="request">To what.</param>
    /// <returns>The subscription.</returns>
    public Task<FluxSubscription> SubscribeAsync(SubscriptionRequest request) => AskAsync(client => client.Subscribe(request));

    /// <summary>Asks for the past with the token.</summary>
    /// <param name="request">For which.</param>
    /// <returns>The replay.</returns>
    public Task<FluxReplay> ReplayAsync(ReplayRequest request) => AskAsync(client => client.Replay(request));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAsync();

    private async Task<T> AskAsync<T>(Func<FluxClient, T> ask)
    {
        try
        {
            return ask(Client());
        }
        catch (InvalidOperationException) // the former client was turned away for good; another try gets its own answer
        {
            await EndAsync();
            return ask(Client());
        }
    }

    private FluxClient Client() => _client ??= new FluxClient(new FluxClientOptions { Addresses = [connection.Address], Token = Token });

    private async Task EndAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.DisposeAsync();
        }
    }
}
