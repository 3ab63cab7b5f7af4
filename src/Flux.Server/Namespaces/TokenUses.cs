using System.Collections.Concurrent;
using System.Threading.Channels;
using Flux.Core.Log;
using Flux.Grains.Namespaces;

namespace Flux.Server.Namespaces;

/// <summary>Tells the namespaces on which days their tokens were used, off the way of the requests. Once a day for each token, so that owners see which are idle.</summary>
internal sealed partial class TokenUses(IGrainFactory grains, ILogger<TokenUses> logger) : BackgroundService
{
    // The first minute of a day may bring every token at once. What finds no room is noted with a later use.
    private const int MaxWaiting = 10_000;

    private readonly Channel<Use> _waiting = Channel.CreateBounded<Use>(MaxWaiting);

    // Who was told of today, until the feed brings it back. Emptied with each new day.
    private readonly ConcurrentDictionary<(string Namespace, string TokenId), int> _told = [];
    private int _day;

    /// <summary>Takes note of a use. On the hot path: nothing but a comparison after the first of a day.</summary>
    /// <param name="owner">The token and its namespace.</param>
    /// <param name="day">Today.</param>
    public void Note(TokenOwner owner, int day)
    {
        if (!owner.Token.IsNewsOn(day))
        {
            return;
        }

        if (Interlocked.Exchange(ref _day, day) != day)
        {
            _told.Clear();
        }

        var use = new Use(owner.Namespace.Name, owner.Token.Id, day);
        if (_told.TryAdd((use.Namespace, use.TokenId), day) && !_waiting.Writer.TryWrite(use))
        {
            _told.TryRemove((use.Namespace, use.TokenId), out _);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var use in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await grains.GetGrain<INamespaceGrain>(use.Namespace).NoteUseAsync(use.TokenId, use.Day);
            }
            catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException or TimeoutException or OrleansException)
            {
                LogNotNoted(e, use.TokenId, use.Namespace);
                _told.TryRemove((use.Namespace, use.TokenId), out _); // with the next use
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "That the token {TokenId} of {Namespace} was used today could not be recorded")]
    private partial void LogNotNoted(Exception exception, string tokenId, string @namespace);

    private sealed record Use(string Namespace, string TokenId, int Day);
}
