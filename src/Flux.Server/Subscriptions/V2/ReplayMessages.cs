using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Obeys the messages about replays. Source: docs/protocol.md, "Replay".</summary>
internal sealed class ReplayMessages(Connection connection, AccessControl access, SubscriptionService subscriptions, SocketSubscriptions ofSocket)
{
    /// <summary>What a replay is called whose client gives it no name.</summary>
    public const string DefaultName = "replay";

    /// <summary>Says whether a message is about a replay that is under way.</summary>
    /// <param name="type">Its type.</param>
    public static bool IsControl(string? type) => type is "pause" or "resume" or "speed" or "seek" or "stop";

    /// <summary>Starts a replay.</summary>
    /// <returns>False when the client reads no answers.</returns>
    /// <exception cref="RequestRefusedException">It is refused.</exception>
    /// <exception cref="ExpressionException">Its predicate is none.</exception>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async ValueTask<bool> StartAsync(string name, JsonElement message, CancellationToken cancellationToken)
    {
        var asked = ReplayRequestReader.Read(message);
        access.RequireReadable(connection.Rights, asked.Subscription.Scope);
        var subscription = new Subscription(connection, new FrameVariant(name, isReplay: true), asked.Subscription, ofSocket.Forget);
        ofSocket.Add(subscription);
        try
        {
            if (await subscriptions.FindReplayAsync(subscription, asked, cancellationToken) is { } replay)
            {
                return subscriptions.StartReplay(subscription, replay);
            }

            ofSocket.Forget(subscription);
            return connection.TryAnswer(Frames.CursorUnknown(subscription.Variant, subscriptions.Head));
        }
        catch (Exception)
        {
            ofSocket.Forget(subscription);
            throw;
        }
    }

    /// <summary>Obeys a message to a replay.</summary>
    /// <param name="type">Its type: one for which <see cref="IsControl"/>.</param>
    /// <param name="name">The replay.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when the client reads no answers.</returns>
    /// <exception cref="RequestRefusedException">It is refused.</exception>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async ValueTask<bool> ControlAsync(string type, string name, JsonElement message, CancellationToken cancellationToken)
    {
        var subscription = ofSocket.Find(name);
        var replay = subscription.Replay ?? throw NotReplaying(name);
        var isAnswered = type switch
        {
            "pause" => replay.Pause(),
            "resume" => replay.Resume(),
            "speed" => replay.ChangeSpeed((ReplayRequestReader.ReadSpeed(message) ?? throw JsonMembers.Missing("speed is required")).Times),
            "seek" => await SeekAsync(subscription, replay, message, cancellationToken),
            _ => Stop(subscription, replay),
        };
        return isAnswered ?? throw NotReplaying(name);
    }

    private static RequestRefusedException NotReplaying(string name) =>
        new(StatusCodes.Status409Conflict, ErrorCodes.NotReplaying, $"sub {Shown.Quote(name)} is no replay, or none any more");

    private async ValueTask<bool?> SeekAsync(Subscription subscription, Replay replay, JsonElement message, CancellationToken cancellationToken)
    {
        if (await subscriptions.FindPlaceAsync(ReplayRequestReader.ReadStart(message), cancellationToken) is not { } known)
        {
            return subscription.TryAnswer(Frames.CursorUnknown(subscription.Variant, subscriptions.Head, "seek"));
        }

        return replay.Reaches(known) ? replay.Seek(known) : throw QueryParameters.Invalid("from: lies behind the end of the replay");
    }

    private bool? Stop(Subscription subscription, Replay replay)
    {
        if (!replay.Stop())
        {
            return null;
        }

        ofSocket.End(subscription);
        return true;
    }
}
