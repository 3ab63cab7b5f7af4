using System.Globalization;
using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>P: properties, their names and their values.</summary>
internal static class PropertyRows
{
    public static readonly IReadOnlyList<Row> All =
    [
        new("P01", "no properties in the object")
        {
            Check("of an entity", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                await run.NextPushAsync(id);
                var before = await run.ReadAsync(id);
                var answer = await run.PublishAsync(Good.Event(id, "{}"));
                Assert.Equal(JsonValueKind.False, answer.Json.GetProperty("applied").ValueKind);
                var after = await run.ReadAsync(id);
                Assert.Equal(before.GetProperty("lastUpdated").GetRawText(), after.GetProperty("lastUpdated").GetRawText());
                Assert.Equal(before.GetProperty("properties").GetRawText(), after.GetProperty("properties").GetRawText());
                Assert.Equal(2, (await run.HistoryAsync(id)).GetArrayLength());
                await run.PublishAsync(Good.Event(id, "{\"last\":1}"));
                Assert.Equal("last", (await run.NextPushAsync(id)).GetProperty("property").GetString());
            }),
            Check("of an unknown entity", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{}"));
                Assert.Null(await run.TryReadAsync(id));
                var list = await run.SendAsync(RawRequest.Get($"/api/state/entities?prefix={id}"));
                Assert.Equal("[]", list.Text);
            }),
        },
        new("P02", "empty name; 1,024 / 1,025 bytes; 300 emoji")
        {
            KeepsProperty("empty", "\"\"", "1"),
            KeepsProperty("1,024 bytes", $"\"{new string('n', 1024)}\"", "1"),
            KeepsProperty("256 emoji", $"\"{Emoji(256)}\"", "1"),
            RefusedEvent("1,025 bytes", Good.Property($"\"{new string('n', 1025)}\":1"), 400, "invalid_property"),
            RefusedEvent("300 emoji", Good.Property($"\"{Emoji(300)}\":1"), 400, "invalid_property"),
        },
        new("P03", "names with control characters and meanings elsewhere")
        {
            from name in (string[])["\u0001", "a\nb", "\u202E", "a.b", "a/b", "a b", "$x", "'; DROP TABLE events; --", "%", "_", "\\"]
            select KeepsProperty(name.Replace("\n", "⏎", StringComparison.Ordinal), JsonSerializer.Serialize(name), "1"),
        },
        new("P04", "names of JavaScript's objects")
        {
            from name in (string[])["__proto__", "constructor", "toString", "hasOwnProperty", "__x"]
            select KeepsProperty(name, $"\"{name}\"", "{\"a\":1}"),
        },
        new("P05", "__deleted__: true")
        {
            from properties in (string[])["""{"__deleted__":true}""", """{"a":1,"__deleted__":true,"b":2}"""]
            select Check(properties, async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                await run.NextPushAsync(id);
                await run.PublishAsync(Good.Event(id, properties));
                Assert.Null(await run.TryReadAsync(id));
                Assert.Equal("entity_deleted", (await run.NextPushAsync(id)).GetProperty("type").GetString());
                await run.PublishAsync(Good.Event(id, "{\"last\":1}"));
                Assert.Equal("last", (await run.NextPushAsync(id)).GetProperty("property").GetString());
                Assert.Equal("""{"last":1}""", (await run.ReadAsync(id)).GetProperty("properties").GetRawText());
            }),
        },
        new("P06", "__deleted__ of another value")
        {
            from value in (string[])["false", "1", "\"true\"", "null", "[true]"]
            select KeepsProperty(value, "\"__deleted__\"", value),
        },
        new("P07", "1,000 / 10,000 / 10,001 properties")
        {
            from count in (int[])[1_000, 10_000]
            select Check($"{count}", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, Properties(count)));
                var pushed = new HashSet<string>(StringComparer.Ordinal);
                for (var i = 0; i < count; i++)
                {
                    Assert.True(pushed.Add((await run.NextPushAsync(id)).GetProperty("property").GetString()!));
                }

                Assert.Equal(count, (await run.ReadAsync(id)).GetProperty("properties").EnumerateObject().Count());
                await run.PublishAsync(Good.Event(id, "{\"__deleted__\":true}"));
            }),
            RefusedEvent("10,001", Good.Event(Good.Id, Properties(10_001)), 400, "too_many_properties"),
        },
        new("P08", "value null")
        {
            KeepsValue("null", "null"),
            Check("in place of a value", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"v\":1}"));
                await run.PublishAsync(Good.Event(id, "{\"v\":null}"));
                Assert.Equal("""{"v":null}""", (await run.ReadAsync(id)).GetProperty("properties").GetRawText());
            }),
        },
        new("P09", "names that differ by case or normal form")
        {
            Check("four properties", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, """{"a":1,"A":2,"\u00e9":3,"e\u0301":4}"""));
                var properties = (await run.ReadAsync(id)).GetProperty("properties").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32(), StringComparer.Ordinal);
                Assert.Equal([1, 2, 3, 4], properties.Values.Order());
                Assert.Equal(3, properties["\u00e9"]);
            }),
        },
        new("P10", "values that others expand")
        {
            from value in (string[])["https://evil.example/?a=1&b=<x>", "{{7*7}}", "${jndi:ldap://x}", "%s%n", "flux_secret_0123456789abcdef0123456789abcdef"]
            select Check(value, async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, $"{{\"v\":{JsonSerializer.Serialize(value)}}}"));
                Assert.Equal(value, (await run.ReadAsync(id)).GetProperty("properties").GetProperty("v").GetString());
                Assert.Equal(value, (await run.NextPushAsync(id)).GetProperty("value").GetString());
                Assert.DoesNotContain(run.Server.Output, line => line.Contains(value, StringComparison.Ordinal));
            }),
        },
        new("P11", "another type than before")
        {
            Check("replaced whole", async run =>
            {
                var id = run.NewId();
                foreach (var value in (string[])["1", "\"text\"", "{\"a\":1,\"b\":{\"c\":2}}", "{\"b\":{\"d\":3}}", "[1,{}]", "[2]", "true", "null", "-0"])
                {
                    await run.PublishAsync(Good.Event(id, $"{{\"v\":{value}}}"));
                    Assert.Equal(value, (await run.NextPushAsync(id)).GetProperty("value").GetRawText());
                    Assert.Equal(value, (await run.ReadAsync(id)).GetProperty("properties").GetProperty("v").GetRawText());
                }
            }),
        },
    ];

    private static string Emoji(int count) => string.Concat(Enumerable.Repeat("\U0001F600", count));

    private static string Properties(int count) =>
        $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"p{i}\":{i}")))}}}";
}
