using System.Net;
using System.Text;
using Flux.Testing.Load;

namespace Flux.Testing.Subscriptions;

/// <summary>A subscription over plain HTTP, as server-sent events.</summary>
internal sealed class EventFeed : ISubscriptionFeed
{
    private readonly TcpTap _tap;
    private HttpResponseMessage? _answer;
    private StreamReader? _lines;

    private EventFeed(TcpTap tap) => _tap = tap;

    public FeedEnding Ending { get; private set; } = FeedEnding.Unexplained;

    /// <summary>Asks for the events. It goes on at a cursor as a browser does, with a header, whatever the address says.</summary>
    /// <exception cref="HttpRequestException">There was no answer, or 503.</exception>
    public static async Task<EventFeed> ConnectAsync(
        Uri server,
        LoadToken? token,
        SubscriptionDescription about,
        SubscriptionStart first,
        SubscriptionStart start,
        bool hasSmallBuffer,
        CancellationToken cancellationToken)
    {
        var feed = new EventFeed(new TcpTap(hasSmallBuffer));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, $"api/stream?{QueryOf(about, start.IsCursor ? first : start)}"));
            request.Headers.Authorization = token?.ToHeader();
            if (start.IsCursor)
            {
                request.Headers.Add("Last-Event-ID", start.Text);
            }

            // The invoker reads headers only; the body comes as it is sent.
            feed._answer = await feed._tap.Invoker.SendAsync(request, cancellationToken);
            feed._lines = new StreamReader(await feed._answer.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
            return feed._answer.StatusCode != HttpStatusCode.ServiceUnavailable
                ? feed
                : throw new HttpRequestException("503", inner: null, HttpStatusCode.ServiceUnavailable);
        }
        catch
        {
            await feed.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<FeedItem?> ReadAsync(CancellationToken cancellationToken)
    {
        var (name, id, data) = (string.Empty, string.Empty, string.Empty);
        try
        {
            if (_answer!.StatusCode != HttpStatusCode.OK)
            {
                Ending = new FeedEnding((int)_answer.StatusCode, await _lines!.ReadToEndAsync(cancellationToken));
                return null;
            }

            while (await _lines!.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Length == 0 && data.Length > 0)
                {
                    return new FeedItem(Encoding.UTF8.GetBytes(data), (name, id));
                }

                var colon = line.IndexOf(':', StringComparison.Ordinal);
                var (field, value) = colon < 0 ? (line, string.Empty) : (line[..colon], line[(colon + 1)..].TrimStart(' '));
                (name, id, data) = field switch
                {
                    "event" => (value, id, data),
                    "id" => (name, value, data),
                    "data" => (name, id, data + value),
                    _ => (name, id, data), // a comment, or retry
                };
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            // Cut off: an ending without a code.
        }

        return null;
    }

    public void Cut() => _tap.Cut();

    public ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        _answer?.Dispose();
        _tap.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string QueryOf(SubscriptionDescription about, SubscriptionStart from)
    {
        var fields = about.Scope.Entities.Select(e => ("entity", e)).Concat(about.Scope.Prefixes.Select(p => ("prefix", p))).ToList();
        fields.Add(("from", from.Text));
        if (about.Predicate is { } predicate)
        {
            fields.Add(("where", predicate.Text));
        }

        if (about.Slow != SlowReading.CatchUp)
        {
            fields.Add(("slow", about.Slow == SlowReading.Conflate ? "conflate" : "disconnect"));
        }

        if (about.Progress)
        {
            fields.Add(("progress", "true"));
        }

        return string.Join('&', fields.Select(f => $"{f.Item1}={Uri.EscapeDataString(f.Item2)}"));
    }
}
