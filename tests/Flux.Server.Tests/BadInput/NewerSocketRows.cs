using System.Globalization;
using System.Text;
using System.Text.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Subscriptions.V2;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>The variants of W on sockets that speak flux.v2: a refused message is answered, and the socket and its subscriptions stay as they were.</summary>
internal static class NewerSocketRows
{
    private const int MessageLimit = 1_048_576;

    public static readonly IReadOnlyList<Variant> W03 =
    [
        .. from pair in (string[][])[
            ["hello", "invalid_json"], ["{", "invalid_json"], ["", "invalid_json"], ["{\"type\":f\talse}", "invalid_json"], ["{\"type\":\"p\u0007\"}", "invalid_json"], ["\"SUBSCRIBE\"", "invalid_request"], ["[]", "invalid_request"],
            ["null", "invalid_request"], ["1", "invalid_request"], ["{\"type\":\"foo\"}", "invalid_field"], ["{\"entity\":\"acme/x\"}", "missing_field"],
            ["{\"type\":5,\"entity\":\"acme/x\"}", "invalid_field"], ["{\"type\":\"replays\"}", "invalid_field"], ["{\"type\":\"REPLAY\",\"entity\":\"acme/x\",\"from\":0}", "invalid_field"],
            ["{\"type\":\"SUBSCRIBE\",\"sub\":\"x\",\"entity\":\"acme/x\"}", "invalid_field"],
            ["{\"type\":\"foo\\u0007\\u001b[31m\\n" + new string('t', 500) + "\"}", "invalid_field"]]
           select Refused(pair[0].Length == 0 ? "empty" : pair[0], pair[0], pair[1]),
    ];

    public static readonly IReadOnlyList<Variant> W04 =
    [
        .. from pair in (string[][])[
            ["", "missing_field"], [",\"entity\":5", "invalid_field"], [",\"entity\":null", "missing_field"], [",\"entity\":[]", "invalid_field"],
            [",\"entity\":{}", "invalid_field"], [",\"entity\":[null]", "invalid_field"], [",\"entity_id\":\"acme/x\"", "missing_field"]]
           select Refused($"subscribe {pair[0]}", $"{{\"type\":\"subscribe\",\"sub\":\"x\"{pair[0]}}}", pair[1]),
        .. from pair in (string[][])[
            ["", "missing_field"], [",\"entity\":5", "invalid_field"], [",\"entity_id\":null", "missing_field"], [",\"entity_id\":[]", "invalid_field"],
            [",\"entity\":\"acme/x\",\"entity_id\":{}", "invalid_field"], [",\"prefix\":[null]", "invalid_field"],
            [",\"entity\":\"acme/x\",\"speed\":0", "invalid_field"], [",\"entity\":\"acme/x\",\"speed\":-1", "invalid_field"],
            [",\"entity\":\"acme/x\",\"speed\":1e400", "invalid_field"], [",\"entity\":\"acme/x\",\"speed\":1e-400", "invalid_field"],
            [",\"entity\":\"acme/x\",\"speed\":\"MAX\"", "invalid_field"], [",\"entity\":\"acme/x\",\"speed\":[]", "invalid_field"],
            [",\"entity\":\"acme/x\",\"max_idle\":-1", "invalid_field"], [",\"entity\":\"acme/x\",\"max_idle\":\"1\"", "invalid_field"],
            [",\"entity\":\"acme/x\",\"slow\":\"fast\"", "invalid_field"], [",\"entity\":\"acme/x\",\"progress\":1", "invalid_field"]]
           select Refused($"replay {pair[0]}", $"{{\"type\":\"replay\",\"sub\":\"x\",\"from\":0{pair[0]}}}", pair[1]),
        .. from type in (string[])["pause", "resume", "speed", "seek", "stop"]
           from pair in (string[][])[["", "unknown_sub"], [",\"sub\":\"mine\"", "not_replaying"], [",\"sub\":\"\"", "invalid_field"], [",\"sub\":[]", "invalid_field"]]
           select Refused($"{type} {pair[0]}", $"{{\"type\":\"{type}\"{pair[0]}}}", pair[1]),
        Refused("id of 1 MB, replayed", $"{{\"type\":\"replay\",\"from\":0,\"entity\":\"{new string('i', 1_000_000)}\"}}", "invalid_entity_id"),
        Refused("id of 1 MB", $"{{\"type\":\"subscribe\",\"sub\":\"x\",\"entity\":\"{new string('i', 1_000_000)}\"}}", "invalid_entity_id"),
        Refused("name of 1 MB", $"{{\"type\":\"subscribe\",\"sub\":\"{new string('s', 1_000_000)}\",\"entity\":\"acme/x\"}}", "invalid_field"),
        Refused("message of 900 KB", $"{{\"type\":\"foo\",\"x\":\"{new string('x', 900_000)}\"}}", "invalid_field"),
    ];

    public static readonly IReadOnlyList<Variant> W05 =
    [
        .. from id in (string[])["", "a/b/c", "acme/unborn", "x y"]
           select Newer($"'{id}'", async run =>
           {
               await using var socket = await run.OpenNewerSocketAsync();
               await socket.SubscribeAsync("s", $"\"entity\":{JsonSerializer.Serialize(id)}");
               await run.PublishAsync(Good.Event(run.NewId(), "{\"n\":1}"));
               await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
               Assert.Equal(id, (await socket.NextAsync()).Text("entity_id"));
               await run.PublishAsync(Good.Event(id, "{\"__deleted__\":true}"));
               Assert.Equal("entity_deleted", (await socket.NextAsync()).Text("type"));
           }) with
           { NeedsOpenServer = id != "acme/unborn" },
    ];

    public static readonly IReadOnlyList<Variant> W06 =
    [
        .. from state in (string[])["private", "banned"]
           from scope in (string[])["\"entity\":\"{0}/e\"", "\"entity\":\"{0}/*\"", "\"prefix\":\"{0}/\"", "\"entity\":[\"acme/e1\",\"{0}/e\"]", "\"entity\":\"*\"", "\"prefix\":\"{0}\""]
           select WithTokens($"newer, {state}, {scope}", async run =>
           {
               var (ns, owner) = await run.RegisterAsync();
               await run.ManageAsync("PUT", state == "private" ? $"/api/namespaces/{ns}" : $"/api/admin/namespaces/{ns}",
                   state == "private" ? "{\"private\":true}" : "{\"state\":\"banned\"}");
               await using var socket = await run.OpenNewerSocketAsync();
               var named = scope.Replace("{0}", ns, StringComparison.Ordinal);
               var isNamed = scope.Contains("{0}/", StringComparison.Ordinal);
               if (isNamed)
               {
                   var refusal = await socket.RefusedAsync($$"""{"type":"subscribe","sub":"x",{{named}}}""", "wrong_namespace");
                   RowRun.CheckText(refusal.Text("error")!, refusal.GetRawText());
               }
               else
               {
                   await socket.SubscribeAsync("x", named);
               }

               await socket.SubscribeAsync("good", $"\"entity\":\"{Good.Id}\"");
               if (state == "private")
               {
                   run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"secret\":1}"), owner)));
                   run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"__deleted__\":true}"), owner)));
               }
               else
               {
                   RowRun.CheckRefusal(await run.SendAsync(RawWebSocket.Handshake("/api/ws", NewerSocket.Offer, owner)), [(403, "namespace_banned")]);
               }

               await run.PublishAsync(Good.With());
               var frames = await socket.ThroughAsync(frame => frame.Text("sub") == "good");
               frames.AddRange(await socket.PingAsync());
               Assert.All(frames, frame => Assert.Equal(Good.Id, frame.Text("entity_id")));
           }),
    ];

    public static readonly IReadOnlyList<Variant> W07 =
    [
        Newer("the same one 1,000 times", async run =>
        {
            var id = run.NewId();
            await using var socket = await run.OpenNewerSocketAsync();
            await socket.SubscribeAsync("s", $"\"entity\":\"{id}\"");
            for (var i = 1; i < 1000; i++)
            {
                await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":"{{id}}"}""", "sub_in_use");
                if (i % 50 == 0)
                {
                    Assert.Empty(await socket.PingAsync()); // else it would be closed: a hundred refusals in a row
                }
            }

            await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
            Assert.Equal("change", (await socket.NextAsync()).Text("type"));
            Assert.Empty(await socket.PingAsync());
        }),
        Newer("1,001 different ones", async run =>
        {
            var id = run.NewId();
            await using var socket = await run.OpenNewerSocketAsync();
            for (var i = 1; i <= 1000; i++)
            {
                await socket.SubscribeAsync($"s{i}", $"\"entity\":\"{id}/{i}\"");
            }

            await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s1001","entity":"{{id}}/1001"}""", "too_many_subscriptions");
            foreach (var last in (string[])["1001", "1", "1000"])
            {
                await run.PublishAsync(Good.Event($"{id}/{last}", "{\"n\":1}"));
            }

            Assert.Equal("s1", (await socket.NextAsync()).Text("sub"));
            Assert.Equal("s1000", (await socket.NextAsync()).Text("sub"));
        }),
        Newer("the same replay 1,000 times, and 100 different ones", async run =>
        {
            var id = run.NewId();
            await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
            await run.PublishAsync(Good.Event(id, "{\"n\":2}"));
            await using var socket = await run.OpenNewerSocketAsync();
            for (var i = 0; i < 1000; i++)
            {
                await socket.SendAsync($$"""{"type":"replay","sub":"{{(i < 900 ? "same" : $"r{i}")}}","entity":"{{id}}","from":"start","paused":true}""");
                if (i % 50 == 0)
                {
                    await socket.PingAsync(); // else it would be closed: a hundred refusals in a row
                }
            }

            await socket.PingAsync();
            for (var i = 900; i < 915; i++)
            {
                Assert.Equal("stopped", (await socket.AskAsync($$"""{"type":"stop","sub":"r{{i}}"}""")).Text("type"));
            }

            await socket.RefusedAsync("""{"type":"stop","sub":"r915"}""", "unknown_sub"); // sixteen with the one that is the same
        }),
        Newer("replays that begin and end 10,000 times", async run =>
        {
            var id = run.NewId();
            await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
            await using var socket = await run.OpenNewerSocketAsync();
            var head = (await socket.SubscribeAsync("s", $"\"entity\":\"{id}\"")).GetProperty("position").GetInt64();
            using var burst = new MemoryStream();
            for (var i = 0; i < 10_000; i++)
            {
                burst.Write(Message($$"""{"type":"replay","sub":"r{{i}}","entity":"{{id}}","from":{{head}},"to":{{head}}}"""));
            }

            // More than sixteen at once are refused, and a hundred refusals in a row end it.
            await socket.Raw.TrySendBytesAsync(burst.ToArray());
            Assert.Equal(4400, await socket.Raw.WaitForCloseAsync());
        }),
        Newer("100,000 in a burst", async run =>
        {
            await using var socket = await run.OpenNewerSocketAsync();
            using var burst = new MemoryStream();
            for (var i = 0; i < 100_000; i++)
            {
                burst.Write(Message($$"""{"type":"subscribe","sub":"s{{i}}","entity":"burst/{{i}}"}"""));
            }

            await socket.Raw.TrySendBytesAsync(burst.ToArray());
            Assert.Equal(4400, await socket.Raw.WaitForCloseAsync()); // after a hundred refusals: ours of the codes that the page allows
        }),
    ];

    public static readonly IReadOnlyList<Variant> W09 =
    [
        .. from cursor in (string[])["-1", "1.5", "1e3", "9223372036854775808", "\"x\"", "\"\"", "\"NOW\"", "\"-1\"", "\"1.5\"", "null", "[]", "{}", "true",
               $"\"{new string('A', 50)}\"", $"\"{new string('A', 100_000)}\"", "\"\\ud83d\\ude00\""]
           select Refused(cursor.Length > 100 ? "100 KB" : cursor, $$"""{"type":"subscribe","sub":"x","entity":"acme/x","from":{{cursor}}}""", "invalid_parameter"),
        Newer("altered", async run =>
        {
            await using var socket = await run.OpenNewerSocketAsync();
            var cursor = (await socket.SubscribeAsync("s", "\"entity\":\"acme/x\"")).Text("cursor")!;
            for (var at = 0; at < cursor.Length; at++)
            {
                var other = cursor[at] == 'A' ? 'B' : 'A';
                await socket.RefusedAsync(
                    $$"""{"type":"subscribe","sub":"x","entity":"acme/x","from":"{{cursor[..at]}}{{other}}{{cursor[(at + 1)..]}}"}""", "invalid_parameter");
            }

            Assert.Empty(await socket.PingAsync());
        }) with { LeavesNothing = true },
        .. from place in (string[])["-1", "1.5", "1e3", "9223372036854775808", "\"x\"", "\"\"", "\"now\"", "\"snapshot\"", "\"START\"", "\"-1\"", "null", "[]", "{}", "true",
               $"\"{new string('A', 50)}\"", $"\"{new string('A', 100_000)}\"", "\"\\ud83d\\ude00\"", "\"2026-02-25\"", "\"2026-02-25T20:04:27\"", "\"2026-02-30T20:04:27Z\"",
               "\"2999-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\""]
           from member in (string[])["\"from\":{0}", "\"from\":0,\"to\":{0}"]
           select Refused(
               $"replay {(place.Length > 100 ? member + " 100 KB" : member.Replace("{0}", place, StringComparison.Ordinal))}",
               $$"""{"type":"replay","sub":"x","entity":"acme/x",{{member.Replace("{0}", place, StringComparison.Ordinal)}}}""", "invalid_parameter"),
        Refused("replay from live", """{"type":"replay","sub":"x","entity":"acme/x","from":"live"}""", "invalid_parameter"),
        Refused("replay from nowhere", """{"type":"replay","sub":"x","entity":"acme/x"}""", "missing_field"),
        .. from query in (string[])["from=-1", "from=1.5", "from=x", "from=", "from=1&from=2", "from=%F0%9F%98%80"]
           select Expect.Refused($"event stream, {query}", RawRequest.Get($"/api/stream?entity=acme/x&{query}"), 400, "invalid_parameter"),
    ];

    public static readonly IReadOnlyList<Variant> W10 =
    [
        Unknown("of another epoch", cursor => $"\"{cursor with { Epoch = Guid.NewGuid() }}\""),
        Unknown("of another row", cursor => $"\"{cursor with { RowHash = ~cursor.RowHash }}\""),
        Unknown("beyond the head", cursor => $"\"{cursor with { Position = new Position(cursor.Position.Value + 1000) }}\""),
        Unknown("at the greatest position", cursor => $"\"{cursor with { Position = new Position(long.MaxValue) }}\""),
        Unknown("a position beyond the head", cursor => (cursor.Position.Value + 1000).ToString(CultureInfo.InvariantCulture)),
        Unknown("the greatest position", _ => long.MaxValue.ToString(CultureInfo.InvariantCulture)),
        .. from member in (string[])["\"from\":{0}", "\"from\":0,\"to\":{0}"]
           from place in (Func<Cursor, string>[])[
               cursor => $"\"{cursor with { Epoch = Guid.NewGuid() }}\"", cursor => $"\"{cursor with { RowHash = ~cursor.RowHash }}\"",
               cursor => (cursor.Position.Value + 1000).ToString(CultureInfo.InvariantCulture), _ => long.MaxValue.ToString(CultureInfo.InvariantCulture)]
           select Newer($"replay {member} of another log", async run =>
           {
               await using var socket = await run.OpenNewerSocketAsync();
               Assert.True(Cursor.TryParse((await socket.SubscribeAsync("s", "\"entity\":\"acme/x\"")).Text("cursor"), out var cursor));
               var answer = await socket.AskAsync(
                   $$"""{"type":"replay","sub":"x","entity":"acme/x",{{member.Replace("{0}", place(cursor), StringComparison.Ordinal)}}}""");
               Assert.Equal(["cursor", "first", "position", "replay", "sub", "type"], answer.Members());
               Assert.Equal("cursor_unknown", answer.Text("type"));
               Assert.Empty(await socket.PingAsync());
           }) with
           { LeavesNothing = true },
        Newer("before the first row", async run =>
        {
            var id = run.NewId();
            await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
            await using var socket = await run.OpenNewerSocketAsync();
            await socket.SubscribeAsync("s", $"\"entity\":\"{id}\",\"from\":0");
            Assert.Single(await socket.UntilAsync(frame => frame.Text("type") == "caught_up"));
        }),
    ];

    public static readonly IReadOnlyList<Variant> W11 =
    [
        Refused("binary", RawWebSocket.Frame(RawWebSocket.Binary, Encoding.UTF8.GetBytes("{\"type\":\"subscribe\",\"sub\":\"x\",\"entity\":\"acme/x\"}")), "invalid_request"),
        Refused("binary that is nothing", RawWebSocket.Frame(RawWebSocket.Binary, [0xFF, 0x00]), "invalid_request"),
        .. from bytes in (byte[][])[[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82]]
           select Closes($"invalid UTF-8 {Convert.ToHexString(bytes)}",
               RawWebSocket.Frame(RawWebSocket.Text, RawRequest.Bytes("{\"type\":\"ping\",\"data\":\"", bytes, "\"}")), 1007),
    ];

    public static readonly IReadOnlyList<Variant> W12 =
    [
        Refused("exactly 1 MiB", $"{{{new string(' ', MessageLimit - 2)}}}", "missing_field"),
        Closes("over 1 MiB", Message($"{{{new string(' ', MessageLimit - 1)}}}"), 1009),
    ];

    public static readonly IReadOnlyList<Variant> W14 =
    [
        Newer("10,000 pings of the protocol", async run =>
        {
            var id = run.NewId();
            await using var socket = await run.OpenNewerSocketAsync();
            await socket.SubscribeAsync("s", $"\"entity\":\"{id}\"");
            using var storm = new MemoryStream();
            for (var i = 0; i < 10_000; i++)
            {
                storm.Write(Message($$"""{"type":"ping","data":"{{i}}"}"""));
            }

            await socket.Raw.SendBytesAsync(storm.ToArray());
            await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
            var pushes = 0;
            for (var next = 0; next < 10_000 || pushes < 1;)
            {
                var frame = await socket.NextAsync($"the answer to ping {next}");
                if (frame.Text("type") == "pong")
                {
                    Assert.Equal($"{next++}", frame.Text("data"));
                }
                else
                {
                    pushes++;
                }
            }
        }),
    ];

    public static readonly IReadOnlyList<Variant> W16 =
    [
        .. from slow in (string[])["catch_up", "conflate", "disconnect"]
           select Newer($"others go on, {slow}", run => NeverReadAsync(run, slow)),
    ];

    public static readonly IReadOnlyList<Variant> W19 =
    [
        Refused("nesting", $"{{\"type\":\"subscribe\",\"sub\":\"x\",\"entity\":{new string('[', 100_000)}", "invalid_json"),
        Refused("nesting in another member", $"{{\"x\":{new string('[', 10_000)}{new string(']', 10_000)},\"type\":\"ping\"}}", "invalid_json"),
        Refused("lone surrogate", """{"type":"subscribe","sub":"x","entity":"\ud800"}""", "invalid_json"),
        Refused("lone surrogate in a list", """{"type":"subscribe","sub":"x","entity":["acme/x","\ud800"]}""", "invalid_json"),
        Refused("lone surrogate as the name", """{"type":"subscribe","sub":"\ud800","entity":"acme/x"}""", "invalid_json"),
        Refused("lone surrogate as the type", """{"type":"\ud800","sub":"x","entity":"acme/x"}""", "invalid_json"),
        Refused("lone surrogate in a predicate", """{"type":"subscribe","sub":"x","entity":"acme/x","where":"entity == '\udc00'"}""", "invalid_json"),
        Refused("lone surrogate in a start", """{"type":"subscribe","sub":"x","entity":"acme/x","from":"\udc00"}""", "invalid_json"),
        Refused("lone surrogate in a replay's place", """{"type":"replay","sub":"x","entity":"acme/x","from":"\udc00"}""", "invalid_json"),
        Refused("lone surrogate in a replay's speed", """{"type":"replay","sub":"x","entity":"acme/x","from":0,"speed":"\udc00"}""", "invalid_json"),
        Refused("lone surrogate as the name of a replay", """{"type":"seek","sub":"\ud800","from":0}""", "invalid_json"),
        Refused("duplicate place of a replay", """{"type":"replay","sub":"x","entity":"acme/x","from":0,"from":1}""", "invalid_json"),
        Refused("lone surrogate in a ping", """{"type":"ping","data":"\ud800"}""", "invalid_json"),
        Refused("lone surrogate in a token", """{"type":"auth","token":"\ud800"}""", "invalid_json"),
        Refused("duplicate type", """{"type":"ping","type":"subscribe","sub":"x","entity":"acme/x"}""", "invalid_json"),
        Refused("duplicate type, escaped", """{"type":"ping","t\u0079pe":"subscribe","sub":"x","entity":"acme/x"}""", "invalid_json"),
        Refused("duplicate name of 100 KB", $$"""{"{{new string('d', 100_000)}}":1,"{{new string('d', 100_000)}}":2,"type":"ping"}""", "invalid_json"),
    ];

    public static readonly IReadOnlyList<Variant> W20 =
    [
        WithTokens("newer, six wrong tokens", async run =>
        {
            await using var socket = await run.OpenNewerSocketAsync();
            for (var i = 0; i < 6; i++)
            {
                var refusal = await socket.RefusedAsync($$"""{"type":"auth","token":"wrong {{i}}"}""", "unknown_token");
                RowRun.CheckText(refusal.Text("error")!, refusal.GetRawText());
            }

            Assert.Equal(1008, await socket.Raw.WaitForCloseAsync());
        }) with { LeavesNothing = true },
        WithTokens("newer, a second frame for another namespace", async run =>
        {
            var (ns, owner) = await run.RegisterAsync();
            await run.ManageAsync("PUT", $"/api/namespaces/{ns}", "{\"private\":true}");
            await using var socket = await run.OpenNewerSocketAsync();
            Assert.Equal("acme", (await socket.AskAsync(Auth(run.Owner))).Text("namespace"));
            await socket.RefusedAsync(Auth(owner), "already_authenticated");
            await socket.RefusedAsync($$"""{"type":"subscribe","sub":"x","entity":"{{ns}}/e"}""", "wrong_namespace");
            await socket.SubscribeAsync("s", "\"entity\":\"*\"");
            run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"secret\":1}"), owner)));
            await run.PublishAsync(Good.With());
            Assert.Equal(Good.Id, (await socket.NextAsync()).Text("entity_id"));
        }),
    ];

    public static readonly IReadOnlyList<Variant> W22 =
    [
        .. from filter in (string[])["5", "[]", "{}", "true"]
           select Refused($"where {filter}", $$"""{"type":"subscribe","sub":"x","entity":"acme/x","where":{{filter}}}""", "invalid_field"),
        Refused("a replay's of a wrong type", """{"type":"replay","sub":"x","entity":"acme/x","from":0,"where":5}""", "invalid_field"),
        Refused("a replay's of 64 KB", $$"""{"type":"replay","sub":"x","entity":"acme/x","from":0,"where":"{{new string('x', 65_536)}}"}""", "invalid_expression"),
        Refused("64 KB", Where(new string('x', 65_536)), "invalid_expression"),
        Refused("64 KB of a chain", Where(string.Join(" && ", Enumerable.Repeat("true", 8192))), "invalid_expression"),
        Refused("nested 1,000", Where(new string('(', 1000) + "true" + new string(')', 1000)), "invalid_expression"),
        Refused("a list nested 1,000", Where(new string('[', 1000) + new string(']', 1000) + " == []"), "invalid_expression"),
        Refused("nested 1,000 by !", Where(new string('!', 1000) + "true"), "invalid_expression"),
        Refused("no bool", Where("1"), "invalid_expression"),
        Refused("a name of 4,000 characters", Where(new string('i', 4_000)), "invalid_expression"),
        Refused("a type of 4,000 characters", Where($"size({string.Concat(Enumerable.Repeat("[{1:", 20))}{string.Concat(Enumerable.Repeat("}]", 20))}, 1)"), "invalid_expression"),
        Refused("empty", Where(""), "invalid_expression"),
        Refused("a broken pattern", Where("properties.s.matches('(a')"), "invalid_expression"),
        Refused("control characters", Where("\u0007\u001b[31m \n ~"), "invalid_expression"),
        Newer("a pattern that tracks back", async run =>
        {
            var id = run.NewId();
            await using var socket = await run.OpenNewerSocketAsync();
            await socket.SubscribeAsync("plain", $"\"entity\":\"{id}\"");
            await socket.SubscribeAsync("costly", $"\"entity\":\"{id}\",\"where\":\"properties.s.matches('^(a+)+$') || properties.s.matches('^(a|aa)+$')\"");
            var begun = TimeProvider.System.GetTimestamp();
            await run.PublishAsync(Good.Event(id, $"{{\"s\":\"{new string('a', 100_000)}!\"}}"));
            await run.PublishAsync(Good.Event(id, "{\"s\":\"aa\"}"));
            var frames = await socket.ThroughAsync(frame => frame.Text("sub") == "costly");
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(10));
            Assert.True(frames[^1].Text("type") is "error" or "enter", $"{frames[^1]}");
        }),
    ];

    private static byte[] Message(string text) => RawWebSocket.Frame(RawWebSocket.Text, Encoding.UTF8.GetBytes(text));

    private static string Where(string where) => $$"""{"type":"subscribe","sub":"x","entity":"acme/x","where":{{JsonSerializer.Serialize(where)}}}""";

    private static string Auth(string header) =>
        $$"""{"type":"auth","token":"{{header["Authorization: Bearer ".Length..]}}"}""";

    private static Variant Newer(string name, Func<RowRun, Task> check) => Check($"newer, {name}", check);

    private static Variant Refused(string name, string message, string code) => Refused(name, Message(message), code);

    /// <summary>The message is answered with what is wrong in it; the subscription from before stays, no other is added, the socket lives.</summary>
    private static Variant Refused(string name, byte[] message, string code) => Newer(name.Length > 80 ? name[..80] : name, async run =>
    {
        var mine = run.NewId();
        await using var socket = await run.OpenNewerSocketAsync();
        await socket.SubscribeAsync("mine", $"\"entity\":\"{mine}\"");
        await socket.Raw.SendBytesAsync(message);
        var answer = await socket.NextAsync("a refusal");
        Assert.True(answer.Text("type") == "error" && answer.Text("code") == code, $"{code} was expected: {answer}");
        RowRun.CheckText(answer.Text("error")!, answer.Text("error")!);
        Assert.InRange(answer.GetRawText().Length, 1, 1_000);
        Assert.Empty(await socket.PingAsync());
        await run.PublishAsync(Good.Event("acme/x", "{\"n\":1}"));
        await run.PublishAsync(Good.Event(mine, "{\"n\":1}"));
        Assert.Equal(mine, (await socket.NextAsync()).Text("entity_id"));
    });

    private static Variant Closes(string name, byte[] bytes, int code) => Newer(name, async run =>
    {
        await using var socket = await run.OpenNewerSocketAsync();
        await socket.Raw.TrySendBytesAsync(bytes);
        await run.JudgeAsync(socket.Raw.Closed, AnswerTime.Close, bytes.Length);
        Assert.Equal(code, await socket.Raw.Closed);
    }) with
    { LeavesNothing = true };

    private static Variant Unknown(string name, Func<Cursor, string> from) => Newer(name, async run =>
    {
        await using var socket = await run.OpenNewerSocketAsync();
        Assert.True(Cursor.TryParse((await socket.SubscribeAsync("s", "\"entity\":\"acme/x\"")).Text("cursor"), out var known));
        var answer = await socket.AskAsync($$"""{"type":"subscribe","sub":"x","entity":"acme/x","from":{{from(known)}}}""");
        Assert.Equal(("cursor_unknown", 1L), (answer.Text("type"), answer.GetProperty("first").GetInt64()));
        Assert.True(answer.GetProperty("position").GetInt64() >= known.Position.Value);
        await socket.RefusedAsync("""{"type":"unsubscribe","sub":"x"}""", "unknown_sub");
        var stream = await run.SendAsync(RawRequest.Get($"/api/stream?entity=acme/x&from={from(known).Trim('"')}"));
        RowRun.CheckRefusal(stream, [(410, "cursor_unknown")]);
    }) with
    { LeavesNothing = true };

    private static async Task NeverReadAsync(RowRun run, string slow)
    {
        const int count = 100;
        var id = run.NewId();
        await using var http = await RawHttp.ConnectAsync(run.Server.Port, receiveBuffer: 4096);
        Assert.Equal(101, (await http.ExchangeAsync(RawWebSocket.Handshake("/api/ws", NewerSocket.Offer))).Status);
        await http.SendAsync(Message($$"""{"type":"subscribe","sub":"s","entity":"{{id}}","slow":"{{slow}}"}"""));
        await http.WaitForBytesAsync();
        var before = ProcessFootprint.Of(run.Server.ProcessId);
        var text = new string('x', 200_000);
        for (var i = 0; i < count; i++)
        {
            await run.PublishAsync(Good.Event(id, $"{{\"n\":\"{i} {text}\"}}"));
            await run.NextPushAsync(id);
        }

        var after = ProcessFootprint.Of(run.Server.ProcessId);
        Assert.True(after.Bytes - before.Bytes < 300_000_000, $"from {before} to {after}");

        // Its 512 KiB are full: it has left the live path. The one that asked for it is being closed.
        Assert.True(slow == "disconnect" || await run.GaugeAsync("flux_connections_lagging") >= 1, "20 MB for a socket that is not read were taken as if it were");

        // It begins to read: whole and in order, with a receipt for what is left out, or cut with a close frame that says where to go on.
        await using var socket = new NewerSocket(RawWebSocket.Start(http));
        var next = 0;
        var parts = 0;
        var whole = 0; // changes that were neither left out nor cut off
        while (next < count)
        {
            JsonElement frame;
            try
            {
                frame = await socket.NextAsync("a change or a receipt");
            }
            catch (TimeoutException) when (slow == "disconnect")
            {
                Assert.Equal(4408, await socket.Raw.WaitForCloseAsync());
                Assert.StartsWith("too slow: resume s from ", socket.Raw.CloseText, StringComparison.Ordinal);
                break;
            }

            switch (frame.Text("type"))
            {
                case "change" when frame.TryGetProperty("cursor", out var _):
                    Assert.Equal(next++, Number(frame));
                    whole++;
                    break;
                case "change":
                    parts++;
                    break;
                case "skipped":
                    next += parts + frame.GetProperty("count").GetInt32();
                    parts = 0;
                    break;
                default:
                    break; // how far it is
            }
        }

        // What was kept for it, and what the two systems hold between them, is less than 2 MB of the 20: all the rest is left out or cut off.
        Assert.True(slow == "catch_up" || whole <= 10, $"{whole} changes of 200 KB were kept for a socket that is not read");
        Assert.True(slow == "disconnect" ? next < count : next == count);
        await run.PublishAsync(Good.Event(id, "{\"__deleted__\":true}"));

        static int Number(JsonElement frame) =>
            int.Parse(frame.GetProperty("properties").Text("n")!.Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
