using System.Globalization;
using Flux.Core.Log;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>A subscription of a played script.</summary>
internal sealed class PlayedSubscription
{
    private readonly string _name;
    private readonly SubscribeRequest _request;
    private readonly ModelPredicate? _where;
    private readonly PlayedSocket _socket;
    private long _seen = -1;

    public PlayedSubscription(string name, SubscribeRequest request, ModelPredicate? where, PlayedSocket socket)
    {
        (_name, _request, _where, _socket) = (name, request, where, socket);
        Subscription = new Subscription(socket.Connection, new FrameVariant(name), request, static _ => { });
    }

    public Subscription Subscription { get; }

    /// <summary>Gets or sets a value indicating whether it was ended.</summary>
    public bool IsOver { get; set; }

    /// <summary>Says whether it knows that it has everything up to a position, or was cut for being slow.</summary>
    public bool HasReached(long position)
    {
        if (Subscription.IsEnded)
        {
            Assert.Equal(SlowMode.Disconnect, _request.Slow);
            Assert.NotNull(_socket.CloseText);
            IsOver = true;
            return true;
        }

        if (_seen == _socket.Writes)
        {
            return false;
        }

        _seen = _socket.Writes;
        return _socket.Received(_name) is [.., var last]
            && last.GetProperty("type").GetString() is "progress" or "caught_up"
            && last.TryGetProperty("cursor", out var _)
            && last.GetProperty("position").GetInt64() == position;
    }

    public void Check(Guid epoch, IReadOnlyList<RecordedEvent> events)
    {
        var frames = _socket.Received(_name);
        var checker = new FrameChecker(epoch, events, _request.Scope.Includes, _where, frames);
        try
        {
            checker.Check();
            if (!IsOver)
            {
                checker.CheckComplete(events.Count);
                checker.CheckReached(events.Count);
            }
            else if (_socket.CloseText?.StartsWith($"too slow: resume {_name} from ", StringComparison.Ordinal) == true)
            {
                checker.CheckComplete(long.Parse(_socket.CloseText.Split(' ')[^1], CultureInfo.InvariantCulture));
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"{_name} ({string.Join(',', _request.Scope.Ids.Concat(_request.Scope.Prefixes))}; {_request.Start}; {_where}; {_request.Slow}): {e.Message}", e);
        }
    }
}
