using System.Net.Sockets;

namespace Flux.Trials.Fuzz;

/// <summary>A request whose framing is right, whatever is in it. It is answered, and the connection serves the next one.</summary>
internal sealed record HttpCase(string Method, string Target, string[] Headers, byte[]? Body, int ChunkSize = 0) : FuzzCase
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20); // the machine may be busy; the bad-input page asks for 1 s

    public override async Task<string?> TryAsync(int port, Tally tally)
    {
        await using var http = await RawHttp.ConnectAsync(port);
        try
        {
            if (await http.TryExchangeAsync(Bytes()).WaitAsync(Limit) is not { } answer)
            {
                return "closed without an answer";
            }

            tally.Note(Array.Find(Words.Routes, route => Target.StartsWith(route, StringComparison.Ordinal)) is { } route ? $"{Method} {route}" : "other paths", answer);
            if (Verdicts.OfAnswer(answer) is { } wrong)
            {
                return wrong;
            }

            if (answer.Status == 413 || answer.Header("Connection") == "close")
            {
                return null;
            }

            var next = await http.TryExchangeAsync(RawRequest.HealthCheck).WaitAsync(Limit);
            return next?.Status == 200 ? null : $"after {answer} the connection did not serve the next request: {next?.ToString() ?? "closed"}";
        }
        catch (TimeoutException)
        {
            return $"no answer within {Limit}";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return $"the connection broke: {e.Message}";
        }
    }

    public override IEnumerable<FuzzCase> Smaller() =>
    [
        .. Without(Headers).Select(headers => this with { Headers = headers }),
        .. ChunkSize > 0 ? [this with { ChunkSize = 0 }] : (FuzzCase[])[],
        .. Without(Body ?? []).Select(body => this with { Body = body }),
        .. Without(Target.ToCharArray()).Where(target => target.Length > 0).Select(target => this with { Target = new string(target) }),
    ];

    public override string ToString() => Shown(Bytes());

    public byte[] Bytes()
    {
        if (Body is null)
        {
            return RawRequest.Of(Method, Target, Headers);
        }

        if (ChunkSize == 0)
        {
            return RawRequest.With(Method, Target, Body, Headers);
        }

        var chunks = Body.Chunk(ChunkSize).Select(RawRequest.Chunk).Append(RawRequest.Chunk([]));
        return RawRequest.Bytes([RawRequest.Of(Method, Target, ["Content-Type: application/json", "Transfer-Encoding: chunked", .. Headers]), .. chunks]);
    }
}
