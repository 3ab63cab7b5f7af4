using System.Text.Json;
using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Reads what a client asks for with the messages of replays. Source: docs/protocol.md, "Replay".</summary>
internal static class ReplayRequestReader
{
    private const string Start = "start";
    private const string Live = "live";
    private const string Max = "max";
    private const double LeastSpeed = 0.001;
    private const double MostSpeed = 1_000_000;
    private const double MostIdleSeconds = 86_400;

    /// <summary>Reads a message of type <c>replay</c>.</summary>
    /// <exception cref="RequestRefusedException">It is not as the protocol says.</exception>
    /// <exception cref="ExpressionException">Its predicate is none.</exception>
    public static ReplayRequest Read(JsonElement message)
    {
        var members = JsonMembers.Of(message);
        return new ReplayRequest(
            SubscribeRequestReader.ReadReplay(message, ReadStart(message)),
            ReadEnd(message),
            ReadSpeed(message) is { } speed ? speed.Times : 1,
            members.Real("max_idle", least: 0, MostIdleSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            members.Flag("paused") ?? false);
    }

    /// <summary>Reads the place in a message: to begin, or to go on from.</summary>
    /// <exception cref="RequestRefusedException">It is none.</exception>
    public static StartPoint ReadStart(JsonElement message) =>
        ReadPlace(message.TryGetProperty("from", out var from) ? from : throw JsonMembers.Missing("from is required"), "from");

    /// <summary>Reads the speed of a message.</summary>
    /// <returns>The speed, null in it for as fast as the client reads; null when none is said.</returns>
    /// <exception cref="RequestRefusedException">It is none.</exception>
    public static (double? Times, bool IsSaid)? ReadSpeed(JsonElement message)
    {
        if (message.TryGetProperty("speed", out var speed) && speed.ValueKind == JsonValueKind.String)
        {
            return speed.ValueEquals(Max) ? (null, true) : throw JsonMembers.Invalid("speed: must be a number, or \"max\"");
        }

        return JsonMembers.Of(message).Real("speed", LeastSpeed, MostSpeed) is { } times ? (times, true) : null;
    }

    private static ReplayEnd ReadEnd(JsonElement message)
    {
        if (!message.TryGetProperty("to", out var to))
        {
            return new ReplayEnd.Head();
        }

        return to.ValueKind == JsonValueKind.String && to.ValueEquals(Live) ? new ReplayEnd.Live() : new ReplayEnd.At(ReadPlace(to, "to"));
    }

    private static StartPoint ReadPlace(JsonElement place, string name)
    {
        if (SubscribeRequestReader.ToPlace(place) is { } known)
        {
            return known;
        }

        if (place.ValueKind == JsonValueKind.String)
        {
            if (place.ValueEquals(Start))
            {
                return new StartPoint.AfterPosition(Position.Start);
            }

            if (Rfc3339.TryParse(place.GetString()!, out var time))
            {
                return new StartPoint.AtTime(Timestamp.From(time));
            }
        }

        throw QueryParameters.Invalid(
            $"{name}: must be a cursor as it was received, a position (a whole number, 0 or more), a date and time with an offset, or \"{(name == "to" ? Live : Start)}\"");
    }
}
