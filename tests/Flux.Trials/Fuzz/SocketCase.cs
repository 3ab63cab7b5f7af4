using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Flux.Trials.Fuzz;

/// <summary>A WebSocket and the frames that are sent on it, right and wrong ones.</summary>
/// <param name="Headers">Further headers of its opening.</param>
/// <param name="Frames">The bytes of each.</param>
/// <param name="IsCut">Whether the last of them has less in it than it says: then no answer can be waited for.</param>
internal sealed record SocketCase(string[] Headers, byte[][] Frames, bool IsCut) : FuzzCase
{
    private const string Newer = "Sec-WebSocket-Protocol: flux.v2";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    public static string[] HeadersOf(bool isNewer) => isNewer ? [Newer] : [];

    public override async Task<string?> TryAsync(int port, Tally tally)
    {
        var kind = Headers.Contains(Newer) ? "flux.v2 socket" : "classic socket";
        RawWebSocket socket;
        try
        {
            socket = await RawWebSocket.OpenAsync(port, headers: Headers);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            return $"the socket was not opened: {e.Message}";
        }

        await using (socket)
        {
            var mark = "the last one of the case"u8.ToArray();
            await socket.TrySendBytesAsync(RawRequest.Bytes([.. Frames]));
            if (!IsCut)
            {
                await socket.TrySendBytesAsync(RawWebSocket.Frame(RawWebSocket.Ping, mark));
            }

            while (true)
            {
                using var limit = new CancellationTokenSource(IsCut ? Quiet : Limit);
                if (await socket.TryNextFrameAsync(limit.Token) is not { } frame)
                {
                    if (socket.Closed.IsCompleted)
                    {
                        var code = await socket.Closed;
                        tally.Note(kind, code is null ? "reset" : string.Create(CultureInfo.InvariantCulture, $"close {code}"));
                        return code is 1001 or 1006 or 1011 ? $"closed with {code}: {socket.CloseText}" : null;
                    }

                    return IsCut ? null : $"no answer to a ping within {Limit}";
                }

                if (frame.Opcode == RawWebSocket.Pong && frame.Payload.AsSpan().SequenceEqual(mark))
                {
                    tally.Note(kind, "ok");
                    return null;
                }

                if (frame.Opcode == RawWebSocket.Text && OfMessage(frame.Payload, kind, tally) is { } wrong)
                {
                    return wrong;
                }
            }
        }
    }

    public override IEnumerable<FuzzCase> Smaller() =>
        [.. Without(Headers).Select(headers => this with { Headers = headers }), .. Without(Frames).Select(frames => this with { Frames = frames })];

    public override string ToString() => $"{string.Join(" | ", Headers)}{Environment.NewLine}    {string.Join($"{Environment.NewLine}    ", Frames.Select(frame => $"{Readable(frame)}   frame {Convert.ToHexString(frame.AsSpan(0, Math.Min(frame.Length, 500)))}"))}";

    private static string? OfMessage(byte[] payload, string kind, Tally tally)
    {
        if (!Utf8.IsValid(payload))
        {
            return $"a message that is no UTF-8: {Shown(payload)}";
        }

        try
        {
            using var message = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 256 });
            var type = message.RootElement.GetProperty("type").GetString()!;
            var isRefusal = type == "error";
            tally.Note(kind, isRefusal ? message.RootElement.GetProperty("code").GetString()! : type);
            return isRefusal && payload.Length > 1_000 ? $"a refusal of {payload.Length} bytes: {Shown(payload)}"
                : isRefusal ? Verdicts.OfText(message.RootElement.GetProperty("error").GetString()!) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"a message that is none ({e.Message}): {Shown(payload)}";
        }
    }

    // The payload of a frame that is whole and masked, which most are.
    private static string Readable(byte[] frame)
    {
        var head = frame.Length < 2 ? 0 : (frame[1] & 0x7F) switch { 126 => 8, 127 => 14, _ => 6 };
        return head == 0 || frame.Length < head
            ? "(damaged)"
            : Encoding.UTF8.GetString([.. frame.Skip(head).Take(500).Select((one, i) => (byte)(one ^ frame[head - 4 + (i & 3)]))]);
    }
}
