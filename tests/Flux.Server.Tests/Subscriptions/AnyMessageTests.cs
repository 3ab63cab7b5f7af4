using System.Text;
using System.Text.Json;
using CsCheck;
using Flux.Core.Expressions;
using Flux.Server.Hosting;
using Flux.Server.Subscriptions;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Messages of all kinds: what the readers take is what a walk through a document takes, and they throw nothing but refusals.</summary>
public sealed class AnyMessageTests
{
    private static readonly Gen<string> Id = Gen.OneOf(
        "\"acme/e1\"", "\"acme/*\"", "\"*\"", "\"\"", "\"\\u0061\"", "\"\\ud800\"", "\"a\\u0000\"", "null", "5", "[]", "{}", "[\"a\",\"b\"]", "[null]", "[\"\\udc00\"]", $"\"{new string('i', 1025)}\"");

    private static readonly Gen<string> Classic = Object(Gen.Frequency(
        (2, Gen.Select(Gen.OneOf("type", "t\\u0079pe"), Gen.OneOf("\"subscribe\"", "\"subscribe\"", "\"unsubscribe\"", "\"SUBSCRIBE\"", "5", "null", "\"\\ud800\""))),
        (2, Gen.Select(Gen.OneOf("entity_id", "entityId", "entity\\u005fid"), Id)),
        (1, Gen.Select(Gen.OneOf("x", "", "\\ud800"), Id))));

    private static readonly Gen<string> Newer = Object(Gen.OneOf(
        Gen.Select(Gen.OneOf("entity", "prefix"), Id),
        Gen.Select(Gen.Const("from"), Gen.OneOf("\"now\"", "\"snapshot\"", "0", "-1", "1.5", "9223372036854775807", "9223372036854775808", "\"\"", "\"7\"", "\"AQ\"", "null", "[]")),
        Gen.Select(Gen.Const("where"), Gen.OneOf("\"true\"", "\"properties.a > 1\"", "\"(\"", "\"\"", "1", "null", "\"\\udc00\"")),
        Gen.Select(Gen.Const("slow"), Gen.OneOf("\"catch_up\"", "\"conflate\"", "\"disconnect\"", "\"fast\"", "5")),
        Gen.Select(Gen.Const("progress"), Gen.OneOf("true", "false", "1", "null"))));

    [Fact]
    public void A_classic_message_is_taken_exactly_when_a_document_of_it_says_so()
    {
        var taken = 0;
        Gen.Select(Classic, Gen.Int[0, 9], Gen.Int[0, 1_000]).Sample(
            (json, damage, at) =>
            {
                var bytes = Encoding.UTF8.GetBytes(damage == 0 ? json.Remove(at % json.Length, 1) : json);

                var isTaken = ClientMessage.TryParse(bytes, out var message);

                Assert.Equal(Reference(bytes), isTaken ? (message.IsSubscribe, message.Pattern) : null);
                taken += isTaken ? 1 : 0;
            },
            iter: 10_000,
            threads: 1);

        Assert.True(taken > 200, $"{taken} messages were taken: the generator has become one-sided");
    }

    [Fact]
    public void A_newer_message_is_taken_or_refused_and_nothing_else_happens()
    {
        var taken = 0;
        Newer.Sample(
            json =>
            {
                using var message = JsonDocument.Parse(json);
                try
                {
                    var request = SubscribeRequestReader.Read(message.RootElement);
                    taken++;

                    // Of what was taken, the scope is that of the message.
                    var (entities, prefixes) = (Texts(message.RootElement, "entity"), Texts(message.RootElement, "prefix"));
                    Assert.Equal(entities.Contains("*") || prefixes.Contains(""), request.Scope.IsEverything);
                    Assert.Equal(request.Scope.IsEverything, request.Scope.Includes("nobody/was-here"));
                    Assert.All(entities, id => Assert.True(request.Scope.Includes(id.EndsWith("/*", StringComparison.Ordinal) ? $"{id[..^1]}x" : id), id));
                    Assert.All(prefixes, prefix => Assert.True(request.Scope.Includes($"{prefix}x"), prefix));
                    Assert.NotEqual(0, request.Scope.Count);
                }
                catch (Exception e) when (e is RequestRefusedException or ExpressionException or InvalidOperationException)
                {
                    // The last: half of a surrogate pair, which the caller tells as such.
                    Assert.True(e is not InvalidOperationException || json.Contains("\\ud", StringComparison.Ordinal), $"{json}: {e}");
                }
            },
            iter: 3_000,
            threads: 1);

        Assert.True(taken > 100, $"{taken} messages were taken: the generator has become one-sided");
    }

    private static Gen<string> Object(Gen<(string Name, string Json)> member) =>
        member.Array[0, 4].Select(members => $"{{{string.Join(',', members.Select(m => $"\"{m.Name}\":{m.Json}"))}}}");

    private static string[] Texts(JsonElement message, string name) =>
        !message.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(text => text.GetString()!)]
        : [];

    private static (bool IsSubscribe, string Pattern)? Reference(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                members[member.Name] = member.Value;
                if (member.Name is "type" or "entity_id" or "entityId" && member.Value.ValueKind == JsonValueKind.String)
                {
                    _ = member.Value.GetString(); // each must be readable, not only the last
                }
            }

            var id = Text("entity_id") ?? Text("entityId");
            return Text("type") is "subscribe" or "unsubscribe" && id is not null && !id.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(id) <= 1024
                ? (Text("type") == "subscribe", id)
                : null;

            string? Text(string name) => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
