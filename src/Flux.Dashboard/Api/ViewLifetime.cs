namespace Flux.Dashboard.Api;

/// <summary>How long a person looks at a view. What still runs when that is over may ask for the token as well.</summary>
internal sealed class ViewLifetime : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>Initializes a new instance of the <see cref="ViewLifetime"/> class. It begins.</summary>
    public ViewLifetime() => Token = _source.Token;

    /// <summary>Gets what is cancelled at its end.</summary>
    public CancellationToken Token { get; }

    /// <summary>Gets a value indicating whether it is over.</summary>
    public bool IsOver => Token.IsCancellationRequested;

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _source.Cancel();
        _source.Dispose();
    }
}
