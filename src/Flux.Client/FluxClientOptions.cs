namespace Flux.Client;

/// <summary>How a <see cref="FluxClient"/> connects, waits and comes back.</summary>
public sealed record FluxClientOptions
{
    /// <summary>
    /// Gets the addresses of the silos, such as <c>http://localhost:3000/</c>; at least one. The first is tried first, and after every loss
    /// or failure the next one. Many clients with one list spread better when each shuffles it.
    /// </summary>
    public required IReadOnlyList<Uri> Addresses { get; init; }

    /// <summary>Gets the token that opens private namespaces, shown in the header of the upgrade. Default: none.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Gets how long a live feed may be silent. It is looked at so often that a dead one is reported before this span is over, and not
    /// before nine tenths of it. Flux speaks at least once a second. Default: 3 seconds.
    /// </summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Gets how long the server may take to answer a message that subscribes before the connection is taken for dead. Default: 10 seconds.
    /// </summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long making a connection may take. Default: 5 seconds.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets the upper bound of the first wait before connecting again. It doubles with each further failure. Default: 100 milliseconds.
    /// </summary>
    public TimeSpan FirstRetryWithin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets what the upper bound of the wait never exceeds. Default: 10 seconds.</summary>
    public TimeSpan LastRetryWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets how long a connection must have lived for the waits to begin anew at <see cref="FirstRetryWithin"/>. Default: 10 seconds.
    /// </summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets how many bytes of frames wait for the application in each subscription. When they are full the socket is no longer read until
    /// there is room, which holds up all subscriptions of this client: give a slow reader a client of its own. A frame that is larger alone
    /// is taken all the same. Default: 1 MiB.
    /// </summary>
    public int BufferBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Gets what sends the upgrade request, for proxies, certificates or socket options; it stays the caller's. Default: none, so the
    /// platform's own.
    /// </summary>
    public HttpMessageInvoker? Invoker { get; init; }

    /// <summary>Gets the clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets where the jitter of waits comes from. Default: the shared one.</summary>
    public Random Random { get; init; } = Random.Shared;

    internal void Check()
    {
        if (Addresses.Count == 0)
        {
            throw new ArgumentException($"{nameof(Addresses)} is empty: name at least one silo");
        }

        foreach (var address in Addresses)
        {
            if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https" or "ws" or "wss"))
            {
                throw new ArgumentException($"{nameof(Addresses)} has \"{address}\", which does not begin with http, https, ws or wss");
            }
        }

        Positive(SilenceLimit, nameof(SilenceLimit));
        Positive(AnswerLimit, nameof(AnswerLimit));
        Positive(ConnectLimit, nameof(ConnectLimit));
        Positive(FirstRetryWithin, nameof(FirstRetryWithin));
        Positive(LastRetryWithin - FirstRetryWithin + TimeSpan.FromTicks(1), nameof(LastRetryWithin));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BufferBytes, nameof(BufferBytes));
    }

    private static void Positive(TimeSpan value, string name) =>
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
}
