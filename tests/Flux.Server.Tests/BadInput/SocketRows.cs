using System.Globalization;
using System.Text;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>W: the WebSocket. A classic socket answers a refused message with silence, and stays as it was.</summary>
internal static class SocketRows
{
    private const int MessageLimit = 1_048_576;

    private static readonly byte[] Announced62 = RawWebSocket.Frame(RawWebSocket.Text, Encoding.ASCII.GetBytes("xxxx"), announced: 1UL << 62);

    private static readonly NotYet OriginList = new(NotYet.OriginLists, "with an origin list");

    public static readonly IReadOnlyList<Row> All =
    [
        new("W01", "GET without upgrade; POST; version 8; no key; key of 3 bytes")
        {
            Refused("GET", RawRequest.Get("/api/ws"), 400, "invalid_request"),
            Refused("POST", RawRequest.Post("/api/ws", "{}"), 405, "method_not_allowed"),
            BadHandshake("version 8", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
            BadHandshake("no version", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
            BadHandshake("no key", "Sec-WebSocket-Version: 13"),
            BadHandshake("key of 3 bytes", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: YWJj"),
        },
        new("W02", "origins")
        {
            from headers in (string[][])[[], ["Origin: https://evil.example"], ["Origin: null"]]
            select Check(headers.FirstOrDefault() ?? "no Origin", async run =>
            {
                var id = run.NewId();
                await using var socket = await RawWebSocket.OpenAsync(run.Server.Port, headers: headers);
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                await socket.NextAboutAsync(id);
            }),
            OriginList,
        },
        new("W03", "messages that are none")
        {
            from text in (string[])["hello", "{", "[]", "null", "1", "", "\"SUBSCRIBE\"", "{\"type\":\"foo\"}", "{\"entity_id\":\"acme/x\"}", "{\"type\":5,\"entity_id\":\"acme/x\"}", "{\"type\":\"SUBSCRIBE\",\"entity_id\":\"acme/x\"}"]
            select Ignored(text.Length == 0 ? "empty" : text, RawWebSocket.Frame(RawWebSocket.Text, Encoding.UTF8.GetBytes(text))),
            NewerSocketRows.W03,
        },
        new("W04", "subscribe without a usable id; long ids and messages")
        {
            from id in (string[])["", ",\"entity_id\":5", ",\"entity_id\":null", ",\"entity_id\":[]", ",\"entity_id\":{}"]
            select Ignored($"subscribe {id}", Message($"{{\"type\":\"subscribe\"{id}}}")),
            Ignored("id of 1 MB", Message($"{{\"type\":\"subscribe\",\"entity_id\":\"{new string('i', 1_000_000)}\"}}")),
            Ignored("message of 900 KB", Message($"{{\"type\":\"foo\",\"x\":\"{new string('x', 900_000)}\"}}")),
            NewerSocketRows.W04,
        },
        new("W05", "subscribe to the empty id, a longer one, an unknown one")
        {
            from id in (string[])["", "a/b/c", "acme/unborn", "\u0000", "x y"]
            where id != "\u0000"
            select Check($"'{id}'", async run =>
            {
                await using var socket = await run.OpenSocketAsync();
                await socket.SubscribeAsync(id);
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(run.NewId(), "{\"n\":1}"));
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                Assert.Equal(id, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
                await run.PublishAsync(Good.Event(id, "{\"__deleted__\":true}"));
            }) with { NeedsOpenServer = id != "acme/unborn" },
            NewerSocketRows.W05,
        },
        new("W06", "subscribe to a private or banned namespace")
        {
            from state in (string[])["private", "banned"]
            from pattern in (string[])["{0}/e", "{0}/*", "*", ""]
            select WithTokens($"{state}, '{pattern}'", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                await using var socket = await run.OpenSocketAsync();
                foreach (var wanted in pattern.Length == 0 ? [] : (string[])[string.Format(CultureInfo.InvariantCulture, pattern, ns), Good.Id])
                {
                    await socket.SubscribeAsync(wanted);
                }

                await socket.RoundTripAsync();
                if (state == "private")
                {
                    await run.ManageAsync("PUT", $"/api/namespaces/{ns}", "{\"private\":true}");
                    run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"secret\":1}"), owner)));
                    run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"__deleted__\":true}"), owner)));
                }
                else
                {
                    await run.ManageAsync("PUT", $"/api/admin/namespaces/{ns}", "{\"state\":\"banned\"}");
                    RowRun.CheckRefusal(await run.SendAsync(RawWebSocket.Handshake("/api/ws", owner)), [(403, "namespace_banned")]);
                }

                await run.PublishAsync(Good.With());
                Assert.Equal(Good.Id, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
            NewerSocketRows.W06,
        },
        new("W07", "the same subscription 1,000 times; 1,001 different ones; 100,000 in a burst")
        {
            Check("1,000 times", async run =>
            {
                var id = run.NewId();
                await using var socket = await run.OpenSocketAsync();
                for (var i = 0; i < 1000; i++)
                {
                    await socket.SubscribeAsync(id);
                }

                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(id, "{\"first\":1}"));
                await run.PublishAsync(Good.Event(id, "{\"second\":1}"));
                Assert.Equal("first", (await socket.NextMessageAsync()).GetProperty("property").GetString());
                Assert.Equal("second", (await socket.NextMessageAsync()).GetProperty("property").GetString());
            }),
            Check("1,001 different ones", async run =>
            {
                var id = run.NewId();
                await using var socket = await run.OpenSocketAsync();
                for (var i = 1; i <= 1001; i++)
                {
                    await socket.SubscribeAsync(string.Create(CultureInfo.InvariantCulture, $"{id}/{i}"));
                }

                await socket.RoundTripAsync();
                foreach (var last in (string[])["1001", "1", "1000"])
                {
                    await run.PublishAsync(Good.Event($"{id}/{last}", "{\"n\":1}"));
                }

                Assert.Equal($"{id}/1", (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
                Assert.Equal($"{id}/1000", (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
            Check("100,000 in a burst", async run =>
            {
                var id = run.NewId();
                await using var socket = await run.OpenSocketAsync();
                socket.Judge = null; // it is read at 10,000 messages a second: ten seconds
                using var burst = new MemoryStream();
                for (var i = 0; i < 100_000; i++)
                {
                    burst.Write(Message($"{{\"type\":\"subscribe\",\"entity_id\":\"{id}/{i}\"}}"));
                }

                var sending = socket.SendBytesAsync(burst.ToArray());

                // Meanwhile the others are served as usual. That their p99 grows by less than a tenth is nothing that one row can see.
                for (var i = 0; !sending.IsCompleted && i < 100; i++)
                {
                    await run.PublishAsync(Good.With());
                }

                await sending;
                await socket.RoundTripAsync();
                foreach (var last in (string[])["1000", "99999", "0", "999"])
                {
                    await run.PublishAsync(Good.Event($"{id}/{last}", "{\"n\":1}"));
                }

                Assert.Equal($"{id}/0", (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
                Assert.Equal($"{id}/999", (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
            NewerSocketRows.W07,
        },
        new("W08", "unsubscribe of what was never subscribed; of the last one")
        {
            Check("the unknown, then the last", async run =>
            {
                var (mine, other) = (run.NewId(), run.NewId());
                await using var socket = await run.OpenSocketAsync();
                await socket.SubscribeAsync(mine);
                await socket.UnsubscribeAsync(other);
                await socket.UnsubscribeAsync("*");
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(other, "{\"n\":1}"));
                await run.PublishAsync(Good.Event(mine, "{\"n\":1}"));
                Assert.Equal(mine, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());

                await socket.UnsubscribeAsync(mine);
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(other, "{\"n\":2}"));
                Assert.Equal(other, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
        },
        new("W09", "cursors that are none") { NewerSocketRows.W09 },
        new("W10", "cursors of another time") { NewerSocketRows.W10 },
        new("W11", "binary frame; text frame with invalid UTF-8")
        {
            Ignored("binary", RawWebSocket.Frame(RawWebSocket.Binary, Encoding.UTF8.GetBytes("{\"type\":\"subscribe\",\"entity_id\":\"acme/x\"}"))),
            Ignored("binary that is nothing", RawWebSocket.Frame(RawWebSocket.Binary, [0xFF, 0x00])),
            from bytes in (byte[][])[[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82]]
            select Closes($"invalid UTF-8 {Convert.ToHexString(bytes)}",
                RawWebSocket.Frame(RawWebSocket.Text, RawRequest.Bytes("{\"type\":\"foo\",\"x\":\"", bytes, "\"}")), [1007]),
            NewerSocketRows.W11,
        },
        new("W12", "messages beyond the limit, announced or in fragments")
        {
            Ignored("exactly 1 MiB", RawWebSocket.Frame(RawWebSocket.Text, new byte[MessageLimit].Fill('x'))),
            Ignored("1 MiB in fragments", [
                .. RawWebSocket.Frame(RawWebSocket.Text, new byte[MessageLimit / 2].Fill('x'), final: false),
                .. RawWebSocket.Frame(0, new byte[MessageLimit / 2].Fill('x'))]),
            Closes("over 1 MiB", RawWebSocket.Frame(RawWebSocket.Text, new byte[MessageLimit + 1].Fill('x')), [1009]),
            new Departure("0009", "a frame that announces 2^62 bytes is closed with 1008 after 55 s, not with 1009 at once; nothing is allocated for it"),
            Check("2^62 announced: nothing is allocated for it", async run =>
            {
                var before = ProcessFootprint.Of(run.Server.ProcessId);
                var sockets = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => run.OpenSocketAsync()));
                foreach (var socket in sockets)
                {
                    await socket.SendBytesAsync(Announced62);
                }

                await run.PublishAsync(Good.With());
                var after = ProcessFootprint.Of(run.Server.ProcessId);
                Assert.True(after.Bytes - before.Bytes < 50_000_000, $"100 sockets that announced it, of which even the limit of a message would be 100 MB: from {before} to {after}");
                foreach (var socket in sockets)
                {
                    socket.Reset();
                    await socket.DisposeAsync();
                }
            }),
            Check("2^62 announced: closed like what has no last fragment", run => EndsUnfinishedAsync(run, Announced62)) with { OnlyInLongRun = true },
            Closes("2^63 announced", RawWebSocket.Frame(RawWebSocket.Text, Encoding.ASCII.GetBytes("xxxx"), announced: 1UL << 63), [1009, 1002]),
            Closes("1.1 million fragments of one byte", OneByteFragments(1_100_000), [1009]),
            Check("no last fragment", run => EndsUnfinishedAsync(run, RawWebSocket.Frame(RawWebSocket.Text, "x"u8.ToArray(), final: false))) with { OnlyInLongRun = true },
            NewerSocketRows.W12,
        },
        new("W13", "breaches of the protocol")
        {
            Closes("unmasked", RawWebSocket.Frame(RawWebSocket.Text, "{\"type\":\"foo\"}"u8.ToArray(), masked: false), [1002], orReset: true),
            Closes("reserved bit 1", RawWebSocket.Frame(RawWebSocket.Text, "{}"u8.ToArray(), reserved: 0x40), [1002], orReset: true),
            Closes("reserved bit 3", RawWebSocket.Frame(RawWebSocket.Text, "{}"u8.ToArray(), reserved: 0x10), [1002], orReset: true),
            Closes("opcode 3", RawWebSocket.Frame(3, "{}"u8.ToArray()), [1002], orReset: true),
            Closes("ping of 126 bytes", RawWebSocket.Frame(RawWebSocket.Ping, new byte[126]), [1002], orReset: true),
            Closes("ping in fragments", RawWebSocket.Frame(RawWebSocket.Ping, new byte[1], final: false), [1002], orReset: true),
            Closes("continuation without a start", RawWebSocket.Frame(0, "{}"u8.ToArray()), [1002], orReset: true),
            Closes("new text inside fragments", [
                .. RawWebSocket.Frame(RawWebSocket.Text, "{"u8.ToArray(), final: false),
                .. RawWebSocket.Frame(RawWebSocket.Text, "{}"u8.ToArray())], [1002], orReset: true),
        },
        new("W14", "10,000 pings; pongs that nobody asked for")
        {
            Check("pings", async run =>
            {
                var id = run.NewId();
                await using var socket = await run.OpenSocketAsync();
                using var storm = new MemoryStream();
                for (var i = 0; i < 10_000; i++)
                {
                    storm.Write(RawWebSocket.Frame(RawWebSocket.Ping, Encoding.ASCII.GetBytes($"{i}")));
                }

                if (!await socket.TrySendBytesAsync(storm.ToArray()))
                {
                    Assert.Equal(1008, await socket.WaitForCloseAsync());
                    return;
                }

                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                for (var next = 0; next < 10_000;)
                {
                    var frame = await socket.NextFrameAsync($"the answer to ping {next}");
                    if (frame.Opcode == RawWebSocket.Pong)
                    {
                        Assert.Equal($"{next++}", Encoding.ASCII.GetString(frame.Payload));
                    }
                }

                await run.PublishAsync(Good.Event(id, "{\"n\":2}"));
                await socket.NextAboutAsync(id);
            }),
            Ignored("pongs", [.. Enumerable.Range(0, 1000).SelectMany(_ => RawWebSocket.Frame(RawWebSocket.Pong, [1, 2, 3]))]),
            NewerSocketRows.W14,
        },
        new("W15", "a client that does not answer pings; one that only answers them")
        {
            Check("no answer", async run =>
            {
                await using var socket = await run.OpenSocketAsync();
                socket.AnswersPings = false;
                await run.JudgeAsync(socket.Closed, TimeSpan.FromSeconds(45));
            }) with { OnlyInLongRun = true },
            Check("nothing but answers, for two minutes", async run =>
            {
                var id = run.NewId();
                await using var socket = await run.OpenSocketAsync();
                await Task.Delay(TimeSpan.FromMinutes(2), TimeProvider.System);
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                await socket.NextAboutAsync(id);
            }) with { OnlyInLongRun = true },
        },
        new("W16", "a client that never reads")
        {
            Check("others go on, and it loses nothing in silence", async run =>
            {
                // Long ids and many properties, whose frames are a hundred times larger than the events: what nobody reads would be 240 MB.
                const int count = 200;
                const int properties = 1_000;
                var id = run.NewId().PadRight(1_000, 'i');
                await PushAsync(0); // as many were pushed before, memory has been taken for it before it is weighed
                await using var http = await RawHttp.ConnectAsync(run.Server.Port, receiveBuffer: 4096);
                Assert.Equal(101, (await http.ExchangeAsync(RawWebSocket.Handshake())).Status);
                await http.SendAsync(Message($"{{\"type\":\"subscribe\",\"entity_id\":\"{id}\"}}"));
                await run.PublishAsync(Good.Event(id, "{\"first\":1}"));
                await run.NextPushAsync(id);
                await http.WaitForBytesAsync();
                var before = ProcessFootprint.Of(run.Server.ProcessId);
                await PushAsync(count);
                var after = ProcessFootprint.Of(run.Server.ProcessId);
                Assert.True(after.Bytes - before.Bytes < 160_000_000, $"from {before} to {after}"); // the collector lets a busy heap grow by half as much

                // Its 512 KiB are full: it has left the live path, and what it lacks is in the log and nowhere else.
                Assert.True(await run.GaugeAsync("flux_connections_lagging") >= 1, "240 MB for a socket that is not read were taken as if it were");

                // It begins to read: whole and in order, or cut with a close frame.
                await using var socket = RawWebSocket.Start(http);
                Assert.Equal("first", (await socket.NextAboutAsync(id)).GetProperty("property").GetString());
                var next = 0;
                try
                {
                    for (; next < count * properties; next++)
                    {
                        var push = await socket.NextAboutAsync(id);
                        Assert.Equal($"p{next % properties}={count + (next / properties)}", $"{push.GetProperty("property")}={push.GetProperty("value")}");
                    }
                }
                catch (TimeoutException)
                {
                    Assert.NotNull(await socket.WaitForCloseAsync());
                }

                await run.PublishAsync(Good.Event(id, "{\"__deleted__\":true}"));

                async Task PushAsync(int first)
                {
                    for (var i = first; i < first + count; i++)
                    {
                        await run.PublishAsync(Good.Event(id, $"{{{string.Join(',', Enumerable.Range(0, properties).Select(n => $"\"p{n}\":{i}"))}}}"));
                        for (var n = 0; n < properties; n++)
                        {
                            await run.NextPushAsync(id);
                        }
                    }
                }
            }),
            NewerSocketRows.W16,
        },
        new("W17", "close frames that are none")
        {
            Closes("one byte", RawWebSocket.Frame(RawWebSocket.Close, [3]), [1002]),
            Closes("code 999", RawWebSocket.Frame(RawWebSocket.Close, [3, 231]), [1002]),
            Closes("code 1005", RawWebSocket.Frame(RawWebSocket.Close, [3, 237]), [1002]),
            Closes("reason that is no UTF-8", RawWebSocket.Frame(RawWebSocket.Close, [3, 232, 0xFF, 0xFE]), [1002]),
        },
        new("W18", "compression")
        {
            Check("offered", async run =>
            {
                await using var http = await run.ConnectAsync();
                var answer = await http.ExchangeAsync(RawWebSocket.Handshake("/api/ws", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"));
                Assert.Equal(101, answer.Status);
                Assert.Null(answer.Header("Sec-WebSocket-Extensions"));
            }),
            Closes("used all the same", RawWebSocket.Frame(RawWebSocket.Text, [0xAA, 0x56, 0x2A, 0xA9], reserved: 0x40), [1002]),
        },
        new("W19", "nesting, duplicates and half characters in a message")
        {
            Ignored("nesting", Message($"{{\"type\":\"subscribe\",\"entity_id\":{new string('[', 100_000)}")),
            Ignored("nesting in another member", Message($"{{\"x\":{new string('[', 10_000)}{new string(']', 10_000)},\"type\":\"foo\"}}")),
            Ignored("lone surrogate", Message("""{"type":"subscribe","entity_id":"\ud800"}""")),
            Ignored("lone surrogate as the type", Message("""{"type":"\ud800","entity_id":"acme/x"}""")),
            Check("duplicate type", async run =>
            {
                var id = run.NewId();
                await using var socket = await run.OpenSocketAsync();
                await socket.SubscribeAsync(id);
                await socket.SendTextAsync($$"""{"type":"foo","type":"subscribe","entity_id":"{{id}}"}""");
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(id, "{\"first\":1}"));
                await run.PublishAsync(Good.Event(id, "{\"second\":1}"));
                Assert.Equal("first", (await socket.NextMessageAsync()).GetProperty("property").GetString());
                Assert.Equal("second", (await socket.NextMessageAsync()).GetProperty("property").GetString());
            }),
            NewerSocketRows.W19,
        },
        new("W20", "auth frames")
        {
            Ignored("on a classic socket", Message("""{"type":"auth","token":"wrong"}""")),
            NewerSocketRows.W20,
        },
        new("W21", "reset during a push storm; in the middle of a frame")
        {
            Check("both", async run =>
            {
                var before = await run.GaugeAsync("flux_connections");
                var half = Message("""{"type":"subscribe","entity_id":"acme/x"}""");
                for (var i = 0; i < 20; i++)
                {
                    await using var socket = await run.OpenSocketAsync();
                    await socket.SendBytesAsync(half[..(i % half.Length)]);
                    await run.SendAsync(RawRequest.BatchOf([.. Enumerable.Range(0, 100).Select(n => Good.Event(Good.Id, $"{{\"n\":{n}}}"))]));
                    run.Accepted += 100;
                    socket.Reset();
                }

                var freed = RowRun.WithinAsync(ServerFixture.Guard, async () => await run.GaugeAsync("flux_connections") <= before, "sockets that were reset are still counted");
                await run.JudgeAsync(freed, TimeSpan.FromSeconds(1));
                await freed;
            }),
        },
        new("W22", "filters that are none")
        {
            Check("a classic socket does not look at filters", async run =>
            {
                foreach (var filter in (string[])["5", $"\"{new string('x', 65_536)}\"", new string('[', 80) + new string(']', 80), "\"(a+)+$\""])
                {
                    var id = run.NewId();
                    await using var socket = await run.OpenSocketAsync();
                    await socket.SendTextAsync($$"""{"type":"subscribe","entity_id":"{{id}}","filter":{{filter}}}""");
                    await socket.RoundTripAsync();
                    await run.PublishAsync(Good.Event(run.NewId(), "{\"n\":1}"));
                    await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                    Assert.Equal(id, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
                }
            }),
            NewerSocketRows.W22,
        },
    ];

    private static byte[] Message(string text) => RawWebSocket.Frame(RawWebSocket.Text, Encoding.UTF8.GetBytes(text));

    private static byte[] Fill(this byte[] bytes, char with)
    {
        bytes.AsSpan().Fill((byte)with);
        return bytes;
    }

    private static byte[] OneByteFragments(int count)
    {
        using var frames = new MemoryStream();
        frames.Write(RawWebSocket.Frame(RawWebSocket.Text, [(byte)'x'], final: false));
        var one = RawWebSocket.Frame(0, [(byte)'x'], final: false);
        for (var i = 1; i < count; i++)
        {
            frames.Write(one);
        }

        return frames.ToArray();
    }

    private static Variant BadHandshake(string name, params string[] headers) =>
        RefusedOrCut(name, () => RawRequest.Of("GET", "/api/ws", ["Connection: Upgrade", "Upgrade: websocket", .. headers]), [(400, "invalid_request"), (426, null)]);

    /// <summary>The bytes are met with silence: the subscription from before stays, no other is added, the socket lives.</summary>
    private static Variant Ignored(string name, byte[] bytes) => Check(name, async run =>
    {
        var (mine, other) = (run.NewId(), run.NewId());
        await using var socket = await run.OpenSocketAsync();
        await socket.SubscribeAsync(mine);
        await socket.SendBytesAsync(bytes);
        await socket.RoundTripAsync();
        await run.PublishAsync(Good.Event(other, "{\"n\":1}"));
        await run.PublishAsync(Good.Event("acme/x", "{\"n\":1}"));
        await run.PublishAsync(Good.Event(mine, "{\"n\":1}"));
        var next = await socket.NextMessageAsync();
        Assert.True(next.GetProperty("type").GetString() == "state_update" && next.GetProperty("entity_id").GetString() == mine, $"instead of silence: {next}");

        // An empty set would be a subscription to everything: a bad message must not make one either.
        await using var fresh = await run.OpenSocketAsync();
        await fresh.SendBytesAsync(bytes);
        await fresh.RoundTripAsync();
        await run.PublishAsync(Good.Event(other, "{\"n\":2}"));
        var all = await fresh.NextMessageAsync();
        Assert.True(all.TryGetProperty("entity_id", out var id) && id.GetString() == other, $"the empty set was changed: {all}");
    });

    private static Variant Closes(string name, byte[] bytes, int[] codes, bool orReset = false) => Check(name, async run =>
    {
        await using var socket = await run.OpenSocketAsync();
        await socket.TrySendBytesAsync(bytes);
        await run.JudgeAsync(socket.Closed, AnswerTime.Close, bytes.Length);
        var code = await socket.Closed;
        Assert.True(code is { } c ? codes.Contains(c) : orReset, $"closed with {code?.ToString(CultureInfo.InvariantCulture) ?? "a reset"} instead of {string.Join(" or ", codes)}");
    }) with
    { LeavesNothing = true };

    /// <summary>The message is begun and not finished: 1008 within a minute.</summary>
    private static async Task EndsUnfinishedAsync(RowRun run, byte[] begin)
    {
        await using var socket = await run.OpenSocketAsync();
        await socket.SendBytesAsync(begin);
        await run.JudgeAsync(socket.Closed, TimeSpan.FromSeconds(60));
        Assert.Equal(1008, await socket.Closed);
    }
}
