using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flux.Server.Reference;

/// <summary>Makes the AsyncAPI document. Of an operation the server is the subject: it receives what clients send.</summary>
internal static class AsyncApiDocument
{
    private const string Introduction =
        "The WebSocket of Flux: text frames, one JSON object each. What the messages do is told at length in docs/protocol.md; the HTTP API is in the [OpenAPI document](/openapi.json).";

    /// <summary>Writes the document.</summary>
    /// <param name="channels">The ways to speak.</param>
    /// <param name="version">The version of the server.</param>
    public static byte[] Write(IReadOnlyList<SocketChannel> channels, string version)
    {
        var (described, operations, messages, schemas) = (new JsonObject(), new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var channel in channels)
        {
            var ofChannel = new JsonObject();
            foreach (var (message, sender) in channel.FromClient.Select(message => (message, "client")).Concat(channel.FromServer.Select(message => (message, "server"))))
            {
                var name = NameOf(channel, sender, message.Type);
                messages[name] = Describe(message);
                ofChannel[name] = Reference($"#/components/messages/{name}");
            }

            foreach (var (name, schema) in JsonNode.Parse(channel.Schemas)!.AsObject())
            {
                schemas[name] = schema?.DeepClone(); // both channels mean the same by a name
            }

            described[channel.Id] = new JsonObject
            {
                ["address"] = "/api/ws",
                ["title"] = channel.Id,
                ["description"] = channel.Description,
                ["messages"] = ofChannel,
                ["bindings"] = new JsonObject { ["ws"] = Bind(channel.Subprotocol) },
            };
            AddOperations(operations, channel);
        }

        var document = new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Flux", ["version"] = version, ["description"] = Introduction },
            ["defaultContentType"] = "application/json",
            ["servers"] = new JsonObject
            {
                ["flux"] = new JsonObject
                {
                    ["host"] = "{host}",
                    ["protocol"] = "ws",
                    ["variables"] = new JsonObject { ["host"] = new JsonObject { ["default"] = "localhost:3000" } },
                },
            },
            ["channels"] = described,
            ["operations"] = operations,
            ["components"] = new JsonObject { ["messages"] = messages, ["schemas"] = schemas },
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, ReferenceJson.Options);
    }

    private static string NameOf(SocketChannel channel, string sender, string type) => $"{channel.Id}.{sender}.{type}";

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };

    private static JsonObject Describe(SocketMessage message) => new()
    {
        ["name"] = message.Type,
        ["title"] = message.Type,
        ["summary"] = message.Summary,
        ["payload"] = message.ToSchema(),
        ["examples"] = new JsonArray([.. message.Examples.Select(example => new JsonObject { ["payload"] = JsonNode.Parse(example) })]),
    };

    private static JsonObject Bind(string? subprotocol)
    {
        var bound = new JsonObject { ["method"] = "GET" };
        if (subprotocol is not null)
        {
            bound["headers"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("Sec-WebSocket-Protocol"),
                ["properties"] = new JsonObject { ["Sec-WebSocket-Protocol"] = new JsonObject { ["const"] = subprotocol } },
            };
        }

        return bound;
    }

    private static void AddOperations(JsonObject operations, SocketChannel channel)
    {
        foreach (var message in channel.FromClient)
        {
            var received = new JsonObject
            {
                ["action"] = "receive",
                ["channel"] = Reference($"#/channels/{channel.Id}"),
                ["summary"] = message.Summary,
                ["messages"] = MessagesOf(channel, "client", [message.Type]),
            };
            if (message.Answers.Length > 0)
            {
                received["reply"] = new JsonObject { ["channel"] = Reference($"#/channels/{channel.Id}"), ["messages"] = MessagesOf(channel, "server", message.Answers) };
            }

            operations[$"{channel.Id}.{message.Type}"] = received;
        }

        operations[$"{channel.Id}.send"] = new JsonObject
        {
            ["action"] = "send",
            ["channel"] = Reference($"#/channels/{channel.Id}"),
            ["summary"] = "What the server sends.",
            ["messages"] = MessagesOf(channel, "server", channel.FromServer.Select(message => message.Type)),
        };
    }

    private static JsonArray MessagesOf(SocketChannel channel, string sender, IEnumerable<string> types) =>
        [.. types.Select(type => Reference($"#/channels/{channel.Id}/messages/{NameOf(channel, sender, type)}"))];
}
