using System.Collections.Concurrent;
using System.Threading.Channels;
using Flux.Grains.Namespaces;

namespace Flux.Server.Namespaces;

/// <summary>Collects on which days tokens are used, each once a day; <see cref="TokenUseRecorder"/> tells their namespaces.</summary>
internal sealed class TokenUses
{
    // The first minute of a day may bring every token at once. What finds no room is noted with a later use.
    private const int MaxWaiting = 10_000;

    private readonly Channel<TokenUse> _waiting = Channel.CreateBounded<TokenUse>(MaxWaiting);

    // Who was noted today, until the feed brings it back. Emptied with each new day.
    private readonly ConcurrentDictionary<(string Namespace, string TokenId), int> _noted = [];
    private int _day;

    /// <summary>Gets what is to be recorded.</summary>
    public ChannelReader<TokenUse> Waiting => _waiting.Reader;

    /// <summary>Takes note of a use. On the hot path: after the first of a day it is one comparison.</summary>
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
            _noted.Clear();
        }

        var use = new TokenUse(owner.Namespace.Name, owner.Token.Id, day);
        if (_noted.TryAdd((use.Namespace, use.TokenId), day) && !_waiting.Writer.TryWrite(use))
        {
            Forget(use);
        }
    }

    /// <summary>Lets the next use be noted again, because this one could not be recorded.</summary>
    /// <param name="use">The use.</param>
    public void Forget(TokenUse use) => _noted.TryRemove((use.Namespace, use.TokenId), out _);
}
