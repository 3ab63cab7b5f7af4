using System.Text;
using System.Text.Json;

namespace Flux.Trials.Fuzz;

/// <summary>Makes the cases of a run.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="owner">The header of who owns the entities of the cases; null without authentication.</param>
internal sealed class Cases(FuzzOptions options, string? owner)
{
    /// <summary>What opens management. Without it all of it would be refused.</summary>
    public const string Operator = "Authorization: Bearer the-operator-of-the-fuzz";

    public FuzzCase Make(long number)
    {
        var dice = new Dice(options.Seed, number);
        return dice.Pick<Func<Dice, FuzzCase>>((35, Post), (15, Get), (10, Damaged), (25, Socket), (8, Condition), (7, Manage))(dice);
    }

    private HttpCase Post(Dice dice)
    {
        var bodies = new Bodies(dice);
        var (target, body) = dice.Pick(
            (10, ("/api/events", bodies.Event())), (6, ("/api/events/batch", bodies.Batch())), (2, ("/api/state/entities/delete", bodies.DeleteMany())),
            (1, ("/api/claims", bodies.Claim())), (1, ("/api/claims/renew", bodies.Claim())), (1, ("/api/claims/release", bodies.Claim())));
        var bytes = Encoding.UTF8.GetBytes(body);
        return new HttpCase("POST", target, HeadersOf(dice), dice.OneIn(4) ? dice.Damage(bytes) : bytes, dice.OneIn(10) ? 1 + dice.Below(50) : 0);
    }

    private HttpCase Get(Dice dice) => new(dice.Pick((20, "GET"), (1, "HEAD"), (1, "DELETE"), (1, "OPTIONS"), (1, "PATCH")), Target(dice), HeadersOf(dice), Body: null);

    private RawCase Damaged(Dice dice)
    {
        var good = dice.OneIn(3) ? Get(dice).Bytes() : Post(dice).Bytes();
        return new RawCase(dice.Damage(dice.OneIn(10) ? [.. good, .. Get(dice).Bytes()] : good));
    }

    private HttpCase Condition(Dice dice)
    {
        var text = Expressions.Make(dice);
        text = dice.OneIn(4) ? Encoding.UTF8.GetString(dice.Damage(Encoding.UTF8.GetBytes(text))) : text;
        return dice.OneIn(2)
            ? new HttpCase("GET", $"/api/state/entities?limit=3&where={Uri.EscapeDataString(text)}", HeadersOf(dice), Body: null)
            : new HttpCase("POST", "/api/events", HeadersOf(dice), Encoding.UTF8.GetBytes(
                $$$"""{"stream":"test","source":"fuzz","payload":{"entity_id":"acme/e1","properties":{"n":1}},"condition":{{{JsonSerializer.Serialize(text)}}}}"""));
    }

    private HttpCase Manage(Dice dice)
    {
        var ns = $"/api/namespaces/fuzz-{dice.Below(8)}";
        var (method, target) = dice.Pick(
            [("POST", "/api/namespaces"), ("PUT", ns), ("GET", ns), ("DELETE", ns), ("POST", $"{ns}/tokens"), ("GET", $"{ns}/tokens"), ("POST", $"{ns}/tokens/tok_{dice.Below(9)}/rotate"),
            ("DELETE", $"{ns}/tokens/tok_{dice.Below(9)}"), ("PUT", $"/api/admin/namespaces/fuzz-{dice.Below(8)}"), ("GET", "/api/admin/namespaces"), ("GET", "/api/admin/audit?limit=5"), ("GET", "/api/admin/status"),
            ("GET", $"{ns}/usage"), ("PUT", "/api/admin/config")]);

        // Who may change the limits would shut everybody out, and rightly.
        var header = target.EndsWith("/config", StringComparison.Ordinal) ? owner ?? "X-None: 1" : dice.Pick((6, Operator), (1, owner ?? "X-None: 1"), (1, "Authorization: Bearer x"));
        var bodies = new Bodies(dice);
        var body = Encoding.UTF8.GetBytes(target.EndsWith("/config", StringComparison.Ordinal) ? bodies.Configuration() : bodies.Management());
        return new HttpCase(method, target, [header], method is "POST" or "PUT" ? dice.OneIn(4) ? dice.Damage(body) : body : null);
    }

    private SocketCase Socket(Dice dice)
    {
        var isNewer = dice.Below(3) > 0;
        var bodies = new Bodies(dice);
        var frames = new List<byte[]>();
        var isCut = false;
        for (var left = 1 + dice.Below(8); left > 0 && !isCut; left--)
        {
            var message = Encoding.UTF8.GetBytes(isNewer ? bodies.NewerMessage() : bodies.ClassicMessage());
            message = dice.OneIn(6) ? dice.Damage(message) : message;
            switch (dice.Below(20))
            {
                case 0:
                    frames.Add(RawWebSocket.Frame(RawWebSocket.Ping, dice.Bytes(dice.Below(126))));
                    break;
                case 1:
                    frames.Add(RawWebSocket.Frame(dice.Pick((3, RawWebSocket.Pong), (1, RawWebSocket.Close), (1, RawWebSocket.Binary)), dice.Bytes(dice.Below(20))));
                    break;
                case 2: // fragments, and perhaps a ping between them
                    var at = dice.Below(message.Length + 1);
                    frames.Add(RawWebSocket.Frame(RawWebSocket.Text, message[..at], final: false));
                    frames.AddRange(dice.OneIn(2) ? [RawWebSocket.Frame(RawWebSocket.Ping, [1])] : []);
                    frames.Add(RawWebSocket.Frame(0, message[at..]));
                    break;
                case 3: // a breach of the protocol
                    frames.Add(RawWebSocket.Frame((byte)dice.Below(16), message, final: dice.OneIn(2), masked: dice.OneIn(2), reserved: (byte)(dice.Below(8) << 4)));
                    isCut = true;
                    break;
                case 4: // fewer bytes than announced, or none that make sense
                    frames.Add(dice.OneIn(2) ? RawWebSocket.Frame(RawWebSocket.Text, message, announced: 1UL << dice.Below(64)) : dice.Damage(RawWebSocket.Frame(RawWebSocket.Text, message)));
                    isCut = true;
                    break;
                default:
                    frames.Add(RawWebSocket.Frame(RawWebSocket.Text, message));
                    break;
            }
        }

        string[] headers = [.. SocketCase.HeadersOf(isNewer), .. owner is not null && dice.OneIn(2) ? [owner] : (string[])[]];
        return new SocketCase(headers, [.. frames], isCut);
    }

    private string[] HeadersOf(Dice dice)
    {
        var headers = new List<string>();
        if (owner is not null && !dice.OneIn(15))
        {
            headers.Add(dice.OneIn(30) ? "Authorization: Bearer x" : owner);
        }

        if (dice.OneIn(10))
        {
            headers.Add(dice.Pick(
                ["If-Match: \"1\"", "If-Match: *", "If-Match: x", "Origin: https://evil.example", "Accept: text/xml", "Accept-Encoding: gzip", "Range: bytes=0-1", "X-Request-Id: é", "traceparent: 00-x",
                $"X-Long: {new string('x', 9000)}", "Content-Encoding: gzip", "Cookie: a=b", "Connection: close", "Upgrade: websocket", "Host: evil.example"]));
        }

        return [.. headers];
    }

    private static string Target(Dice dice)
    {
        var id = Uri.EscapeDataString(dice.Pick(Words.Ids));
        var place = dice.Pick(Words.Places);
        var time = dice.Pick(Words.Times);
        var target = dice.Pick(
        [
            $"/api/state/entities/{id}", $"/api/state/entities/acme%2Fe{dice.Below(20)}", $"/api/state/entities/{id}?at={place}", $"/api/state/entities?prefix={id}", $"/api/state/entities?namespace=acme&limit={place}",
            $"/api/state/entities?limit=2&cursor={dice.Pick(Words.Cursors)}", $"/api/state/entities?at={time}", $"/api/events?entity={id}&limit={place}", $"/api/events?entity={id}&since={time}",
            $"/api/events?namespace=acme&order={dice.Text("asc", "desc", "up")}&from={place}", $"/api/events?prefix={id}&before={place}&until={time}", $"/api/series?entity={id}&property=n&buckets={place}",
            $"/api/series?entity=acme%2Fe1&property={Uri.EscapeDataString(dice.Pick(Words.Names))}&since={time}", $"/api/series?entity=acme%2Fe1&property=n&from={place}&limit={place}", $"/api/claims?entity_id={id}",
            $"/api/why?position={place}", $"/api/why?event=e{dice.Below(50)}&namespace=acme&limit={place}", $"/api/namespaces/{id}", "/api/admin/config", "/health/live", "/health/ready", "/", "/nowhere", "/api/ws",
            "/api/events/batch", "/api/state/entities/", $"/api/connectors/{id}", "/api/state/entities?prefix=a&prefix=b",
        ]);

        // Printable ASCII only: what no request line may hold is the business of damaged bytes.
        return dice.OneIn(4) ? new string([.. Encoding.Latin1.GetString(dice.Damage(Encoding.ASCII.GetBytes(target))).Where(c => c is > ' ' and < '\u007F')]) is ['/', ..] damaged ? damaged : "/" : target;
    }
}
