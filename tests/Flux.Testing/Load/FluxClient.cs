using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Flux.Testing.History;

namespace Flux.Testing.Load;

/// <summary>A client of the HTTP interface that records everything it sends and gets.</summary>
/// <remarks>
/// An unknown outcome is retried with the same bytes until it is settled, across restarts of the server. With several addresses it goes on to the next
/// one when a node gives no answer or says 503, as any client behind several addresses would.
/// </remarks>
public sealed class FluxClient : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http;
    private readonly string _name;
    private readonly IReadOnlyList<Uri> _addresses;
    private readonly HistoryRecorder _recorder;
    private readonly TimeProvider _time;
    private volatile int _at;

    /// <summary>Initializes a new instance of the <see cref="FluxClient"/> class.</summary>
    /// <param name="name">The client's name in the history.</param>
    /// <param name="address">The server.</param>
    /// <param name="recorder">Where everything is recorded.</param>
    /// <param name="time">The clock for the pause between retries.</param>
    public FluxClient(string name, Uri address, HistoryRecorder recorder, TimeProvider time)
        : this(name, [address], recorder, time)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="FluxClient"/> class that may move between servers.</summary>
    /// <param name="name">The client's name in the history.</param>
    /// <param name="addresses">The servers; the first one is asked first.</param>
    /// <param name="recorder">Where everything is recorded.</param>
    /// <param name="time">The clock for the pause between retries.</param>
    public FluxClient(string name, IReadOnlyList<Uri> addresses, HistoryRecorder recorder, TimeProvider time)
    {
        (_name, _addresses, _recorder, _time) = (name, addresses, recorder, time);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            Timeout = TimeSpan.FromSeconds(15),
        };
    }

    /// <summary>Gets the token that every request carries; null for none.</summary>
    public LoadToken? Token
    {
        get;
        init
        {
            field = value;
            _http.DefaultRequestHeaders.Authorization = value?.ToHeader();
        }
    }

    private Uri Address => _addresses[_at];

    /// <summary>Publishes one event, once.</summary>
    /// <param name="sent">The event.</param>
    /// <param name="cancellationToken">Gives up; the event may be stored all the same.</param>
    /// <returns>The request as it was recorded.</returns>
    public Task<RequestRecord> TryPublishAsync(OutgoingEvent sent, CancellationToken cancellationToken) =>
        SendAsync(RequestRecord.Publish, HttpMethod.Post, "api/events", new ByteArrayContent(sent.Json), [Describe(sent)], cancellationToken);

    /// <summary>Publishes one event and repeats it until its outcome is known and it is not refused for a while only.</summary>
    /// <param name="sent">The event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The last request.</returns>
    public Task<RequestRecord> PublishAsync(OutgoingEvent sent, CancellationToken cancellationToken) =>
        SettleAsync(() => TryPublishAsync(sent, cancellationToken), cancellationToken);

    /// <summary>Publishes a batch and repeats it until every outcome is known.</summary>
    /// <param name="sent">The events.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The last request.</returns>
    public Task<RequestRecord> PublishAsync(IReadOnlyList<OutgoingEvent> sent, CancellationToken cancellationToken) =>
        SettleAsync(() => TryPublishAsync(sent, body => new ByteArrayContent(body), cancellationToken), cancellationToken);

    /// <summary>Publishes a batch, once, in a way of its own.</summary>
    /// <param name="sent">The events.</param>
    /// <param name="toContent">Makes the request's content of its bytes.</param>
    /// <param name="cancellationToken">Gives up; the events may be stored all the same.</param>
    /// <returns>The request as it was recorded.</returns>
    public Task<RequestRecord> TryPublishAsync(
        IReadOnlyList<OutgoingEvent> sent, Func<byte[], HttpContent> toContent, CancellationToken cancellationToken)
    {
        byte[] body = [.. "{\"events\":["u8, .. sent.SelectMany((e, i) => i == 0 ? e.Json : [(byte)',', .. e.Json]), .. "]}"u8];
        return SendAsync(RequestRecord.Batch, HttpMethod.Post, "api/events/batch", toContent(body), [.. sent.Select(Describe)], cancellationToken);
    }

    /// <summary>Deletes an entity. An unknown outcome is repeated, and may delete twice: deletions carry no id of the client.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The last request.</returns>
    public Task<RequestRecord> DeleteAsync(string entity, CancellationToken cancellationToken) =>
        SettleAsync(
            () => SendAsync(RequestRecord.Delete, HttpMethod.Delete, PathOf(entity), content: null, [new EventRecord { Entity = entity }], cancellationToken),
            cancellationToken);

    /// <summary>Reads an entity, once.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The read as it was recorded.</returns>
    public async Task<ReadRecord> ReadAsync(string entity, CancellationToken cancellationToken)
    {
        var (sent, address) = (HistoryRecorder.Now(), Address);
        var (status, body, retryAfter) = await ExchangeAsync(address, HttpMethod.Get, PathOf(entity), content: null, cancellationToken);
        var record = new ReadRecord
        {
            Sent = sent,
            Answered = HistoryRecorder.Now(),
            Client = _name,
            Node = address.Authority,
            Token = Token?.Id,
            Entity = entity,
            Status = status,
            RetryAfter = retryAfter,
            Raw = body,
        };
        if (status == 200)
        {
            using var json = JsonDocument.Parse(body);
            record = record with
            {
                Version = json.RootElement.TryGetProperty("version", out var version) ? version.GetInt64() : null,
                Properties = BytesOf(json.RootElement.GetProperty("properties")),
            };
        }

        MoveOn(status);
        _recorder.Add(record);
        return record;
    }

    /// <summary>Asks for something else than one entity, and records what came: nothing but who may see it is judged.</summary>
    /// <param name="path">The path and query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The read as it was recorded.</returns>
    public async Task<ReadRecord> LookAsync(string path, CancellationToken cancellationToken)
    {
        var (sent, address) = (HistoryRecorder.Now(), Address);
        var (status, body, retryAfter) = await ExchangeAsync(address, HttpMethod.Get, path, content: null, cancellationToken);
        var record = new ReadRecord
        {
            Sent = sent,
            Answered = HistoryRecorder.Now(),
            Client = _name,
            Node = address.Authority,
            Token = Token?.Id,
            Entity = string.Empty,
            Status = status,
            RetryAfter = retryAfter,
            Raw = body,
        };
        _recorder.Add(record);
        return record;
    }

    /// <summary>Lists all entities and records them as a dump of the state at the end of the log. Ingest must have stopped.</summary>
    /// <param name="node">Who serves it, in the history.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their ids.</returns>
    public Task<IReadOnlyList<string>> DumpStateAsync(string node, CancellationToken cancellationToken) => DumpStateAsync(node, position: null, cancellationToken);

    /// <summary>Lists all entities and records them as a dump of the state at a position.</summary>
    /// <param name="node">Who serves it, in the history.</param>
    /// <param name="position">The position; null for the end of the log, when ingest must have stopped.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<string>> DumpStateAsync(string node, long? position, CancellationToken cancellationToken)
    {
        var past = position is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"?at={position}");
        var body = await _http.GetByteArrayAsync(new Uri(Address, $"api/state/entities{past}"), cancellationToken);
        using var json = JsonDocument.Parse(body);
        var ids = new List<string>();
        _recorder.Add(new StateRecord { Node = node, Position = position, Count = json.RootElement.GetArrayLength() });
        foreach (var entity in json.RootElement.EnumerateArray())
        {
            ids.Add(entity.GetProperty("id").GetString()!);
            _recorder.Add(new StateRecord
            {
                Node = node,
                Position = position,
                Entity = ids[^1],
                Version = entity.TryGetProperty("version", out var version) ? version.GetInt64() : null,
                Properties = BytesOf(entity.GetProperty("properties")),
            });
        }

        return ids;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string PathOf(string entity) => $"api/state/entities/{Uri.EscapeDataString(entity)}";

    private static byte[] BytesOf(JsonElement element) => System.Text.Encoding.UTF8.GetBytes(element.GetRawText());

    private static EventRecord Describe(OutgoingEvent sent) => new()
    {
        EventId = sent.EventId,
        Stream = sent.Stream,
        Source = sent.Source,
        Timestamp = sent.Timestamp,
        Payload = sent.Payload,
    };

    private static bool IsSettled(RequestRecord request) => request.Events.All(e =>
        Outcomes.Of(request.Status, e.Code ?? request.Code, e.Error) switch
        {
            Outcome.Acked => true,
            Outcome.Refused when request.Status == RequestRecord.NotConnected => false,
            Outcome.Refused => (e.Code ?? request.Code) is not ("unavailable" or "storage_full") && request.Status != 429,
            _ => false,
        });

    private void MoveOn(int status)
    {
        if (status is 0 or RequestRecord.NotConnected or 503)
        {
            _at = (_at + 1) % _addresses.Count; // two at once may skip one: any other will do
        }
    }

    private async Task<RequestRecord> SettleAsync(Func<Task<RequestRecord>> send, CancellationToken cancellationToken)
    {
        while (true)
        {
            var request = await send();
            if (IsSettled(request))
            {
                return request;
            }

            MoveOn(request.Status);
            await Task.Delay(RetryDelay, _time, cancellationToken);
        }
    }

    private async Task<RequestRecord> SendAsync(
        string kind, HttpMethod method, string path, HttpContent? content, EventRecord[] events, CancellationToken cancellationToken)
    {
        var (sent, address) = (HistoryRecorder.Now(), Address);
        var (status, answer, retryAfter) = await ExchangeAsync(address, method, path, content, cancellationToken);
        var request = AnswerReader.Complete(
            new RequestRecord
            {
                Sent = sent,
                Answered = HistoryRecorder.Now(),
                Client = _name,
                Node = address.Authority,
                Token = Token?.Id,
                Kind = kind,
                Status = status,
                RetryAfter = retryAfter,
                Events = events,
            },
            answer);
        _recorder.Add(request);
        return request;
    }

    private async Task<(int Status, byte[] Body, string? RetryAfter)> ExchangeAsync(
        Uri address, HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = content };
        if (content is not null)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellationToken), answer.Headers.RetryAfter?.ToString());
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError && content is not null)
        {
            // Nobody listened: nothing was sent. A request without a body is no proof of that: HttpClient repeats it by itself on a new connection
            // when one from its pool ends without an answer, so that only the repetition was refused.
            return (RequestRecord.NotConnected, [], null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            // Reset, cut off or out of time, and also called off by the test: recorded as an outcome that nobody knows, never dropped.
            return (Status: 0, [], null);
        }
    }
}
