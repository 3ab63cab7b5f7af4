using System.Text.Json;
using System.Text.Json.Nodes;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Subscriptions.V2;

namespace Flux.Server.Tests.Reference;

/// <summary>/asyncapi.json says what is spoken on the WebSocket, and its examples work.</summary>
public sealed class AsyncApiTests(ReferenceServer server) : IClassFixture<ReferenceServer>
{
    // What only a damaged event, a slow client or a lost silo brings about.
    private static readonly string[] Rare = ["quarantined", "skipped", "authenticated"];

    [Fact]
    public async Task Every_classic_example_works_and_what_comes_is_as_the_document_says()
    {
        var document = await server.ReadAsync("/asyncapi.json");
        await using var socket = await RawWebSocket.OpenAsync(server.Port);
        foreach (var (_, example) in Examples(document, "classic", "client"))
        {
            await socket.SendTextAsync(example.ToJsonString());
        }

        await socket.RoundTripAsync(); // home/* is subscribed to, home/lamp is not
        await server.PublishAsync("home/classic", """{"on":true,"none":null}""");
        await server.PublishAsync("home/classic", """{"__deleted__":true}""");

        var seen = new HashSet<string>();
        while (seen.Count < 3)
        {
            var frame = await socket.NextMessageAsync("the three types", withMetrics: true);
            Check(document, "classic", frame);
            seen.Add(frame.Text("type")!);
        }

        Assert.Equal(Types(document, "classic", "server"), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_newer_example_is_answered_and_what_comes_is_as_the_document_says()
    {
        var document = await server.ReadAsync("/asyncapi.json");
        await server.PublishAsync("home/newer", """{"brightness":60}""");
        await server.PublishAsync("home/lasting", """{"brightness":80}""");
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var seen = new HashSet<string>();
        foreach (var (type, example) in Examples(document, "flux.v2", "client"))
        {
            Check(document, "flux.v2.client", JsonSerializer.SerializeToElement(example), type);
            await socket.SendAsync(example.ToJsonString());
            var answers = document.Root["operations"]![$"flux.v2.{type}"]!["reply"]!["messages"]!.AsArray()
                .Select(reference => ((string)reference!["$ref"]!).Split('.')[^1]).ToHashSet();
            Keep(await socket.ThroughAsync(frame => answers.Contains(frame.Text("type")!)));
        }

        // What the examples leave out: places that are none, a predicate that becomes true and false, replays to their end.
        await socket.SendAsync("""{"type":"subscribe","sub":"future","entity":"*","from":4000000000}""");
        await socket.SendAsync("""{"type":"subscribe","sub":"bright","entity":"home/newer","where":"properties.brightness > 50"}""");
        Keep(await socket.ThroughAsync(frame => frame.Text("type") == "subscribed" && frame.Text("sub") == "bright"));
        await server.PublishAsync("home/newer", """{"brightness":10}""");
        Keep(await socket.ThroughAsync(frame => frame.Text("type") == "leave"));
        await server.PublishAsync("home/newer", """{"brightness":90}""");
        Keep(await socket.ThroughAsync(frame => frame.Text("type") == "enter"));
        await server.PublishAsync("home/newer", """{"__deleted__":true}""");
        Keep(await socket.ThroughAsync(frame => frame.Text("type") == "entity_deleted"));
        await socket.SendAsync("""{"type":"replay","sub":"still","entity":"*","from":"start","paused":true}""");
        await socket.SendAsync("""{"type":"stop","sub":"still"}""");
        Keep(await socket.ThroughAsync(frame => frame.Text("type") == "stopped"));
        await socket.SendAsync("""{"type":"replay","sub":"all-of-it","entity":"home/newer","from":"start","speed":"max","progress":true}""");
        Keep(await socket.ThroughAsync(frame => frame.Text("type") == "replayed"));
        await socket.SendAsync("""{"type":"subscribe","sub":"rows","entity":"*","from":"snapshot","progress":true}""");
        Keep(await socket.ThroughAsync(frame => frame.Text("type") == "progress" && frame.Text("sub") == "rows"));
        await socket.SendAsync("""{"type":"no such type"}""");
        var refusal = (await socket.ThroughAsync(frame => frame.Text("type") == "error"))[^1].Text("error")!;
        while (!seen.Contains("metrics_update"))
        {
            Keep([await socket.NextAsync()]);
        }

        Assert.Equal(Types(document, "flux.v2", "server").Except(Rare), seen.Except(Rare).Order(StringComparer.Ordinal));
        Assert.All(Types(document, "flux.v2", "client"), type => Assert.Contains(type, refusal, StringComparison.Ordinal));
        Assert.Equal(Types(document, "flux.v2", "client").Length, refusal.Split("must be ")[1].Split([", ", " or "], StringSplitOptions.None).Length);

        void Keep(List<JsonElement> frames)
        {
            foreach (var frame in frames)
            {
                Check(document, "flux.v2", frame);
                seen.Add(frame.Text("type")!);
            }
        }
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("flux.v2")]
    public async Task Every_example_is_as_its_own_schema_says(string channel)
    {
        var document = await server.ReadAsync("/asyncapi.json");

        foreach (var sender in (string[])["client", "server"])
        {
            var examples = Examples(document, channel, sender);

            Assert.NotEmpty(examples);
            Assert.All(examples, example => Check(document, $"{channel}.{sender}", JsonSerializer.SerializeToElement(example.Example), example.Type));
        }
    }

    private static void Check(ApiDocument document, string channel, JsonElement frame) => Check(document, $"{channel}.server", frame, frame.Text("type")!);

    private static void Check(ApiDocument document, string sender, JsonElement frame, string type)
    {
        var message = document.Root["components"]!["messages"]![$"{sender}.{type}"];
        Assert.True(message is not null, $"the document does not know {sender}.{type}: {frame}");
        var wrong = document.WhyNot(message["payload"]!, frame);
        Assert.True(wrong is null, $"{frame}: {wrong}");
    }

    private static string[] Types(ApiDocument document, string channel, string sender) =>
        [.. Messages(document, channel, sender).Select(message => (string)message["name"]!).Order(StringComparer.Ordinal)];

    private static List<(string Type, JsonNode Example)> Examples(ApiDocument document, string channel, string sender) =>
        [.. from message in Messages(document, channel, sender) from example in message["examples"]!.AsArray() select ((string)message["name"]!, example!["payload"]!)];

    private static IEnumerable<JsonNode> Messages(ApiDocument document, string channel, string sender) =>
        document.Root["channels"]![channel]!["messages"]!.AsObject().Where(message => message.Key.StartsWith($"{channel}.{sender}.", StringComparison.Ordinal))
            .Select(message => document.Root["components"]!["messages"]![message.Key]!);
}
