using System.Net.Sockets;
using System.Text;

namespace Flux.Trials.Fuzz;

/// <summary>Bytes that may be a request, or several, or none. Whatever comes back must be HTTP, and nothing of it a fault of the server.</summary>
internal sealed record RawCase(byte[] Bytes) : FuzzCase
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    public override async Task<string?> TryAsync(int port, Tally tally)
    {
        await using var http = await RawHttp.ConnectAsync(port);
        try
        {
            await http.TrySendAsync(Bytes);
            var rest = await http.ReadUntilQuietAsync(Quiet);
            foreach (var answer in Answers(rest))
            {
                tally.Note("raw bytes", answer);
                if (Verdicts.OfAnswer(answer) is { } wrong)
                {
                    return wrong;
                }
            }

            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return $"the connection broke: {e.Message}";
        }
    }

    public override IEnumerable<FuzzCase> Smaller() => Without(Bytes).Select(bytes => new RawCase(bytes));

    public override string ToString() => Shown(Bytes);

    // As far as it has come: an answer may be endless, or the wait for it too short.
    private static IEnumerable<RawAnswer> Answers(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        while (text.Length > 0)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var head = (end < 0 ? text : text[..end]).Split("\r\n");
            var first = head[0].Split(' ', 3);
            if (first.Length < 2 || first[0] is not ("HTTP/1.1" or "HTTP/1.0") || !int.TryParse(first[1], CultureInfo.InvariantCulture, out var status))
            {
                throw new InvalidDataException($"what came is no HTTP: {Shown(Encoding.Latin1.GetBytes(text))}");
            }

            var headers = head[1..].Select(line => line.Split(':', 2)).Select(part => (part[0], part.Length > 1 ? part[1].Trim() : "")).ToList();
            var answer = new RawAnswer(status, first.Length > 2 ? first[2] : "", headers, []);
            var rest = end < 0 ? "" : text[(end + 4)..];

            // With chunks, on a socket, or up to the end of the connection, as HTTP/1.0 has it: what follows is all of one answer.
            if (status == 101 || answer.Header("Transfer-Encoding") is not null || (status is >= 200 and not (204 or 304) && answer.Header("Content-Length") is null))
            {
                yield return answer;
                yield break;
            }

            // A HEAD has a length and no body; then the next answer is where it would be.
            var announced = int.Parse(answer.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture);
            var length = rest.StartsWith("HTTP/1.", StringComparison.Ordinal) ? 0 : Math.Min(announced, rest.Length);
            yield return answer with { Body = length == announced ? Encoding.Latin1.GetBytes(rest[..length]) : [] };
            text = rest[length..];
        }
    }
}
