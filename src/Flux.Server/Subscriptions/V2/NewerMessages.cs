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
internal sealed class NewerMessages : IMessageHandler, IDisposable
{
    private const int MaxName = 64;
    private const int MaxPingData = 64;

    // Source: bad-input W20. A client that means well needs one or two.
    private const int MaxRefusedTokens = 6;

    // A client that sends one bad message after the other does not read the answers.
    private const int MaxRefusals = 100;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EventLimits.MaxDepth, AllowDuplicateProperties = false };
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SocketSubscriptions _running;
    private readonly ReplayMessages _replays;
    private readonly Connection _connection;
    private readonly HttpRequest _request;
    private readonly AccessControl _access;
    private readonly ChangeDispatcher _dispatcher;
    private readonly SubscriptionService _subscriptions;
    private bool _hasSubscribed;
    private int _refusedTokens;
    private int _refusals; // in a row

    public NewerMessages(Connection connection, HttpRequest request, AccessControl access, ChangeDispatcher dispatcher, SubscriptionService subscriptions)
    {
        (_connection, _request, _access, _dispatcher, _subscriptions) = (connection, request, access, dispatcher, subscriptions);
        _running = new SocketSubscriptions(connection, dispatcher, subscriptions);
        _replays = new ReplayMessages(connection, access, subscriptions, _running);
    }

    /// <inheritdoc/>
    public async ValueTask<CloseReason?> OnMessageAsync(WebSocketMessageType type, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        string? sub = null;
        string? refused = null; // of which only a message to a replay has to tell: what it is about goes on
        try
        {
            if (type != WebSocketMessageType.Text)
            {
                throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "messages are text");
            }

            using var document = Parse(message);
            var root = document.RootElement;
            var members = JsonMembers.Of(root);

            // What is longer than a name may be is none, and an answer that repeats it could be too large to wait for its reader.
            sub = root.TryGetProperty("sub", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: <= MaxName } given ? given : null;
            var kind = members.Text("type");
            refused = ReplayMessages.IsControl(kind) ? kind : null;
            var isAnswered = kind switch
            {
                "subscribe" => await SubscribeAsync(ReadName(members), root, cancellationToken),
                "unsubscribe" => Unsubscribe(ReadName(members)),
                "replay" => await ReplayAsync(members, root, cancellationToken),
                _ when refused is not null => await _replays.ControlAsync(refused, ReadReplayName(members), root, cancellationToken),
                "metrics" => SetMetrics(members.Flag("enabled") ?? throw JsonMembers.Missing("enabled is required")),
                "auth" => Authenticate(members.Text("token") ?? throw JsonMembers.Missing("token is required")),
                "ping" => Ping(members.Text("data")),
                null => throw JsonMembers.Missing("type is required"),
                var other => throw JsonMembers.Invalid($"type {Shown.Quote(other)}: must be subscribe, unsubscribe, replay, pause, resume, speed, seek, stop, metrics, auth or ping"),
            };
            _refusals = 0;
            return isAnswered ? null : Unread();
        }
        catch (RequestRefusedException refusal)
        {
            return Refuse(sub, refused, refusal);
        }
        catch (ExpressionException e)
        {
            return Refuse(sub, refused, new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidExpression, $"where: {e.Message}"), e);
        }
        catch (InvalidOperationException)
        {
            return Refuse(sub: null, refused, new RequestRefusedException(
                StatusCodes.Status400BadRequest, ErrorCodes.InvalidJson, "a text of the message holds half of a surrogate pair"));
        }
        catch (EventLogUnavailableException e)
        {
            return Refuse(sub, refused, new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, e.Message));
        }
    }

    /// <summary>Ends all subscriptions.</summary>
    public void Dispose() => _running.Dispose();

    private static JsonDocument Parse(ReadOnlyMemory<byte> message)
    {
        try
        {
            return JsonDocument.Parse(message, Options);
        }
        catch (JsonException e)
        {
            // The platform's own text quotes what it read as it is, control characters too.
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidJson, e.LineNumber is { } line
                ? $"the message is not valid JSON: line {line + 1}, byte {e.BytePositionInLine + 1}"
                : "the message is not valid JSON: a member is there twice");
        }
    }

    private static string ReadName(JsonMembers members)
    {
        var name = members.Text("sub") ?? throw JsonMembers.Missing("sub is required");
        return name.Length > 0 && Strict.GetByteCount(name) <= MaxName ? name : throw JsonMembers.Invalid("sub: must have 1 to 64 bytes of UTF-8");
    }

    private static string ReadReplayName(JsonMembers members) => members.Text("sub") is null ? ReplayMessages.DefaultName : ReadName(members);

    private static RequestRefusedException Refusal(int status, string code, string message) => new(status, code, message);

    private async ValueTask<bool> SubscribeAsync(string name, JsonElement message, CancellationToken cancellationToken)
    {
        var asked = SubscribeRequestReader.Read(message);
        _access.RequireReadable(_connection.Rights, asked.Scope);
        var subscription = new Subscription(_connection, new FrameVariant(name), asked, _running.Forget);
        _running.Add(subscription);
        Cursor? head;
        try
        {
            head = await _subscriptions.StartAsync(subscription, asked.Start, cancellationToken);
        }
        catch (Exception)
        {
            _running.Forget(subscription);
            throw;
        }

        if (head is { } end)
        {
            _running.Forget(subscription);
            return Answer(Frames.CursorUnknown(subscription.Variant, end));
        }

        _hasSubscribed = true;
        return true;
    }

    private async ValueTask<bool> ReplayAsync(JsonMembers members, JsonElement message, CancellationToken cancellationToken)
    {
        var isAnswered = await _replays.StartAsync(ReadReplayName(members), message, cancellationToken);
        _hasSubscribed = true;
        return isAnswered;
    }

    private bool Unsubscribe(string name)
    {
        var subscription = _running.Find(name);
        _running.End(subscription);
        return Answer(Frames.Unsubscribed(subscription.Variant));
    }

    private bool SetMetrics(bool isEnabled)
    {
        _connection.WantsMetrics = isEnabled;
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
        if (_hasSubscribed || _connection.Rights.Token is not null)
        {
            throw Refusal(StatusCodes.Status409Conflict, ErrorCodes.AlreadyAuthenticated, "a token is shown once, before the first subscription");
        }

        var rights = _access.RightsOf(_request, token, out var name);
        if (!_dispatcher.TryChangeRights(_connection, rights))
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

    private CloseReason? Refuse(string? sub, string? refused, RequestRefusedException refusal, ExpressionException? where = null)
    {
        var frame = Frames.Answer("error"u8, sub, output =>
        {
            Frames.WriteError(output, refusal.Code, refusal.Message);
            Frames.WriteRefused(output, refused);
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

    private bool Answer(byte[] frame) => _connection.TryAnswer(frame);

    private static CloseReason? Unread() => new CloseReason(CloseCode.Unfinished, "answers are not read");
}
