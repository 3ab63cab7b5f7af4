using System.Net;
using System.Text;
using System.Text.Json;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Reads an event stream as a browser does, line by line.</summary>
internal sealed class EventSource : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private EventSource(HttpClient http, HttpResponseMessage answer, Stream body)
    {
        (_http, _answer) = (http, answer);
        _lines = new StreamReader(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
    }

    public HttpResponseMessage Answer => _answer;

    /// <summary>Gets how soon the client is to connect again, in milliseconds.</summary>
    public string? Retry { get; private set; }

    /// <summary>Gets the last cursor that came: what a browser sends when it connects again.</summary>
    public string? LastId { get; private set; }

    /// <summary>Gets how many comments have come.</summary>
    public int Comments { get; private set; }

    public static async Task<EventSource> OpenAsync(string address, params (string Name, string Value)[] headers)
    {
        var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(ServerFixture.Guard);
        var source = new EventSource(http, answer, await answer.Content.ReadAsStreamAsync());
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            var text = await source._lines.ReadToEndAsync();
            await source.DisposeAsync();
            throw new InvalidOperationException($"{answer.StatusCode}: {text}");
        }

        return source;
    }

    /// <summary>Reads the next event; null at the end of the answer. Its name must be the frame's type, and its id the frame's cursor.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        string? name = null;
        string? id = null;
        string? data = null;
        using var limit = new CancellationTokenSource(ServerFixture.Guard);
        while (await _lines.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length == 0)
            {
                if (data is null)
                {
                    continue; // behind a comment or a retry
                }

                using var document = JsonDocument.Parse(data);
                var frame = document.RootElement.Clone();
                Assert.Equal(name, frame.GetProperty("type").GetString());
                Assert.Equal(id, frame.TryGetProperty("cursor", out var cursor) ? cursor.GetString() : null);
                Assert.False(frame.TryGetProperty("sub", out var _));
                LastId = id ?? LastId;
                return frame;
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            var value = colon < 0 ? string.Empty : line[(colon + 2)..];
            switch (colon < 0 ? line : line[..colon])
            {
                case ":":
                    Comments++;
                    break;
                case "retry":
                    Retry = value;
                    break;
                case "event":
                    name = value;
                    break;
                case "id":
                    id = value;
                    break;
                case "data" when data is null:
                    data = value;
                    break;
                default:
                    throw new InvalidOperationException($"a line that an event stream has not: {line}");
            }
        }

        return null;
    }

    /// <summary>Reads the next event, which must have this type and exactly these members besides it.</summary>
    public async Task<JsonElement> NextAsync(string type, params string[] members)
    {
        var frame = await NextAsync() ?? throw new InvalidOperationException($"{type} was expected, and the answer ended");
        Assert.True(frame.GetProperty("type").GetString() == type, $"{type} was expected: {frame}");
        Assert.Equal(
            members.Append("type").Order(StringComparer.Ordinal), frame.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        return frame;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _answer.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
