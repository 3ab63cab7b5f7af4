using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Expressions;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Obeys the client of a socket that speaks flux.v2. Every message is answered. Source: docs/protocol.md, "flux.v2".</summary>
internal sealed class NewerMessages(
    Connection connection, HttpRequest request, AccessControl access, ChangeDispatcher dispatcher, SubscriptionService subscriptions) : IMessageHandler, IDisposable
{
    private const int MaxName = 64;
    private const int MaxPingData = 64;

    // Source: bad-input W20. A client that means well needs one or two.
    private const int MaxRefusedTokens = 6;

    // A client that sends one bad message after the other does not read the answers.
    private const int MaxRefusals = 100;

    // Answers are small: so many waiting means that nobody reads them.
    private const int AnswerBytes = 256 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EventLimits.MaxDepth, AllowDuplicateProperties = false };
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lock _gate = new(); // a subscription may end by itself
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private bool _isOver;
    private bool _hasSubscribed;
    private int _refusedTokens;
    private int _refusals; // in a row

    /// <inheritdoc/>
    public async ValueTask<CloseReason?> OnMessageAsync(WebSocketMessageType type, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        string? sub = null;
        try
        {
            if (type != WebSocketMessageType.Text)
            {
                throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "messages are text");
            }

            using var document = Parse(message);
            var root = document.RootElement;
            var members = JsonMembers.Of(root);
            sub = root.TryGetProperty("sub", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
            var isAnswered = members.Text("type") switch
            {
                "subscribe" => await SubscribeAsync(ReadName(members), root, cancellationToken),
                "unsubscribe" => Unsubscribe(ReadName(members)),
                "metrics" => SetMetrics(members.Flag("enabled") ?? throw JsonMembers.Missing("enabled is required")),
                "auth" => Authenticate(members.Text("token") ?? throw JsonMembers.Missing("token is required")),
                "ping" => Ping(members.Text("data")),
                null => throw JsonMembers.Missing("type is required"),
                var other => throw JsonMembers.Invalid($"type {Shown.Quote(other)}: must be subscribe, unsubscribe, metrics, auth or ping"),
            };
            _refusals = 0;
            return isAnswered ? null : Unread();
        }
        catch (RequestRefusedException refusal)
        {
            return Refuse(sub, refusal);
        }
        catch (ExpressionException e)
        {
            return Refuse(sub, new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidExpression, $"where: {e.Message}"), e);
        }
        catch (InvalidOperationException)
        {
            return Refuse(sub: null, new RequestRefusedException(
                StatusCodes.Status400BadRequest, ErrorCodes.InvalidJson, "a text of the message holds half of a surrogate pair"));
        }
        catch (EventLogUnavailableException e)
        {
            return Refuse(sub, new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, e.Message));
        }
    }

    /// <summary>Ends all subscriptions.</summary>
    public void Dispose()
    {
        List<Subscription> running;
        lock (_gate)
        {
            _isOver = true;
            running = [.. _subscriptions.Values];
            _subscriptions.Clear();
        }

        foreach (var subscription in running)
        {
            subscriptions.End(subscription);
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> message)
    {
        try
        {
            return JsonDocument.Parse(message, Options);
        }
        catch (JsonException e)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidJson, $"the message is not JSON: {e.Message}");
        }
    }

    private static string ReadName(JsonMembers members)
    {
        var name = members.Text("sub") ?? throw JsonMembers.Missing("sub is required");
        return name.Length > 0 && Strict.GetByteCount(name) <= MaxName ? name : throw JsonMembers.Invalid("sub: must have 1 to 64 bytes of UTF-8");
    }

    private static RequestRefusedException Refusal(int status, string code, string message) => new(status, code, message);

    private async ValueTask<bool> SubscribeAsync(string name, JsonElement message, CancellationToken cancellationToken)
    {
        var asked = SubscribeRequestReader.Read(message);
        access.RequireReadable(connection.Rights, asked.Scope);
        var subscription = new Subscription(connection, new FrameVariant(name), asked, Forget);
        Add(name, subscription);
        Cursor? head;
        try
        {
            head = await subscriptions.StartAsync(subscription, asked.Start, cancellationToken);
        }
        catch (Exception)
        {
            Forget(subscription);
            throw;
        }

        if (head is { } end)
        {
            Forget(subscription);
            return Answer(Frames.CursorUnknown(subscription.Variant, end));
        }

        _hasSubscribed = true;
        return true;
    }

    private void Add(string name, Subscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.TryGetValue(name, out var former) && former.IsEnded)
            {
                // Its client has been told that it ended, perhaps before Forget was.
                _subscriptions.Remove(name);
                dispatcher.Uncount(connection, former.Scope.Count);
            }
            else if (former is not null)
            {
                throw Refusal(StatusCodes.Status409Conflict, ErrorCodes.SubInUse, $"sub {Shown.Quote(name)} is in use on this socket");
            }

            if (!dispatcher.TryCount(connection, subscription.Scope.Count))
            {
                throw Refusal(StatusCodes.Status429TooManyRequests, ErrorCodes.TooManySubscriptions, "so many ids and prefixes cannot be subscribed to");
            }

            _subscriptions.Add(name, subscription);
        }
    }

    // It has ended by itself, or never began.
    private void Forget(Subscription subscription)
    {
        lock (_gate)
        {
            if (_isOver || !_subscriptions.TryGetValue(subscription.Variant.Name!, out var known) || known != subscription)
            {
                return;
            }

            _subscriptions.Remove(subscription.Variant.Name!);
        }

        dispatcher.Uncount(connection, subscription.Scope.Count);
    }

    private bool Unsubscribe(string name)
    {
        Subscription? subscription;
        lock (_gate)
        {
            if (!_subscriptions.TryGetValue(name, out subscription))
            {
                throw Refusal(StatusCodes.Status404NotFound, ErrorCodes.UnknownSub, $"sub {Shown.Quote(name)} is not in use on this socket");
            }
        }

        subscriptions.End(subscription);
        Forget(subscription);
        return Answer(Frames.Unsubscribed(subscription.Variant));
    }

    private bool SetMetrics(bool isEnabled)
    {
        connection.WantsMetrics = isEnabled;
        return Answer(Frames.Answer("metrics"u8, sub: null, output => output.Write(isEnabled ? ",\"enabled\":true"u8 : ",\"enabled\":false"u8)));
    }

    private bool Ping(string? data)
    {
        if (data is not null && Strict.GetByteCount(data) > MaxPingData)
        {
            throw JsonMembers.Invalid("data: must have at most 64 bytes of UTF-8");
        }

        return Answer(Frames.Answer("pong"u8, sub: null, output =>
        {
            if (data is not null)
            {
                output.Write(",\"data\":"u8);
                JsonWrite.String(output, data);
            }
        }));
    }

    private bool Authenticate(string token)
    {
        if (_hasSubscribed || connection.Rights.Token is not null)
        {
            throw Refusal(StatusCodes.Status409Conflict, ErrorCodes.AlreadyAuthenticated, "a token is shown once, before the first subscription");
        }

        var rights = access.RightsOf(request, token, out var name);
        if (!dispatcher.TryChangeRights(connection, rights))
        {
            throw Refusal(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, "as many sockets are open with tokens of this namespace as may be");
        }

        _refusedTokens = 0;
        return Answer(Frames.Answer("authenticated"u8, sub: null, output =>
        {
            output.Write(",\"namespace\":"u8);
            JsonWrite.String(output, name);
        }));
    }

    private CloseReason? Refuse(string? sub, RequestRefusedException refusal, ExpressionException? where = null)
    {
        var frame = Frames.Answer("error"u8, sub, output =>
        {
            Frames.WriteError(output, refusal.Code, refusal.Message);
            if (where is not null)
            {
                Frames.WriteNumber(output, ",\"line\":"u8, where.Line);
                Frames.WriteNumber(output, ",\"column\":"u8, where.Column);
            }
        });
        if (!Answer(frame))
        {
            return Unread();
        }

        if (refusal.Code is ErrorCodes.UnknownToken or ErrorCodes.RevokedToken or ErrorCodes.NamespaceBanned or ErrorCodes.MalformedToken && ++_refusedTokens >= MaxRefusedTokens)
        {
            return new CloseReason(CloseCode.TooManyTokens, "six tokens were refused");
        }

        return ++_refusals >= MaxRefusals ? new CloseReason(CloseCode.TooManyRefusals, "100 messages in a row were refused") : null;
    }

    private bool Answer(byte[] frame) => connection.Outbox.TryAnswer(frame, AnswerBytes);

    private static CloseReason? Unread() => new CloseReason(CloseCode.Unfinished, "answers are not read");
}
