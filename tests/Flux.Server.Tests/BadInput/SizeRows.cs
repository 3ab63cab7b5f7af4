using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>S: sizes, lengths and the speed at which bodies come.</summary>
internal static class SizeRows
{
    private const int SingleLimit = 1_048_576;
    private const int BatchLimit = 10_485_760;

    private static readonly byte[] ChunkedHead =
        RawRequest.Bytes("POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");

    public static readonly IReadOnlyList<Row> All =
    [
        new("S01", "body of 1,048,576 bytes; one more; 1 MiB of white space round a small event")
        {
            Check("a value up to the limit", async run => run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(EventOf(SingleLimit))))),
            Check("white space up to the limit", async run =>
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.With().PadRight(SingleLimit))))),
            RefusedOrCut("one more", () => RawRequest.Publish(EventOf(SingleLimit + 1)), [(413, "payload_too_large")]),
            RefusedOrCut("1 MiB of white space round it", () => RawRequest.Publish(Good.With().PadLeft(SingleLimit / 2).PadRight(SingleLimit + 1)), [(413, "payload_too_large")]),
        },
        new("S02", "batch of 10,485,760 bytes; one more; 100,000 tiny events")
        {
            Check("up to the limit", async run => await CheckBatchAsync(run, LargeBatch(run, BatchLimit), 20)),
            RefusedOrCut("one more", () => RawRequest.Batch(new string(' ', BatchLimit - 1) + "[]"), [(413, "payload_too_large")]),
            Check("100,000 tiny events", async run =>
            {
                var one = $$$$"""{"stream":"t","source":"s","timestamp":1,"payload":{"entity_id":"{{{{run.NewId("acme/s02-")}}}}","properties":{"n":1}}}""";
                await CheckBatchAsync(run, $"[{string.Join(',', Enumerable.Repeat(one, 100_000))}]", 100_000);
            }),
        },
        new("S03", "Content-Length of 5 GB, few bytes sent; with Expect: 100-continue")
        {
            from path in (string[])["/api/events", "/api/events/batch", "/api/state/entities/delete"]
            from expect in (string[])["", "Expect: 100-continue\r\n"]
            select Cut($"{path} {expect.Trim()}", RawRequest.Bytes(
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000000000\r\n{expect}\r\n", expect.Length > 0 ? "" : "{\"a"),
                [(413, "payload_too_large")]),
        },
        new("S04", "chunked: 1 MiB and one; endless; chunks of one byte")
        {
            Check("1 MiB in 64 chunks", async run =>
                run.CheckAcceptance(await run.SendAsync(Chunked(EventOf(SingleLimit), SingleLimit / 64)))),
            Cut("1 MiB and one", () => Chunked(EventOf(SingleLimit + 1), 65_536), [(413, "payload_too_large")]),
            Check("endless", async run =>
            {
                await using var http = await run.ConnectAsync();
                await http.SendAsync(ChunkedHead);
                var answer = http.ReadAnswerAsync();
                var chunk = RawRequest.Chunk(new byte[65_536]);
                var sent = 0L;
                while (!answer.IsCompleted && await http.TrySendAsync(chunk))
                {
                    sent += chunk.Length;
                    Assert.True(sent < 1L << 30, "the server has taken 1 GiB of a body without a word");
                }

                RowRun.CheckRefusal(await answer.WaitAsync(ServerFixture.Guard) ?? throw new IOException("closed without an answer"), [(413, "payload_too_large")]);
                await http.ReadToCloseAsync();
            }) with { LeavesNothing = true },
            Check("1,048,576 chunks of one byte", async run =>
            {
                var answer = await run.SendAsync(Chunked(EventOf(SingleLimit), 1));
                if (answer.Status != 413)
                {
                    run.CheckAcceptance(answer);
                }
            }),
        },
        new("S05", "no Content-Length and no Transfer-Encoding")
        {
            from path in (string[])["/api/events", "/api/events/batch", "/api/state/entities/delete"]
            select Refused(path, RawRequest.Of("POST", path, "Content-Type: application/json"), [(400, "invalid_json"), (411, null)]),
        },
        new("S06", "body of one byte a second; headers of one byte a second")
        {
            Check("both, side by side", async run =>
            {
                var body = DripAsync(run, RawRequest.Bytes($"POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"), "{");
                var chunkedBody = DripAsync(run, ChunkedHead, "1\r\n \r\n");
                var headers = DripAsync(run, RawRequest.Bytes("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: "), "x");

                // Meanwhile the others are served.
                await run.PublishAsync(Good.With());
                await Task.WhenAll(body, chunkedBody, headers);
            }),
        },
        new("S07", "Content-Length of 100, 50 sent, FIN; Content-Length of 50, 100 sent")
        {
            Check("too little", async run =>
            {
                await using var http = await run.ConnectAsync();
                await http.SendAsync(RawRequest.Bytes("POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n", Good.With()));
                http.FinishSending();
                if (await http.ReadAnswerAsync().WaitAsync(ServerFixture.Guard) is { } answer)
                {
                    RowRun.CheckRefusal(answer, [(400, "invalid_request"), (400, null)]);
                }

                await http.ReadToCloseAsync();
            }) with { LeavesNothing = true },
            Check("too much", async run =>
            {
                await using var http = await run.ConnectAsync();
                var body = Good.With();
                var first = await http.ExchangeAsync(RawRequest.Bytes($"POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{body}\r\n\r\n"));
                RowRun.CheckRefusal(first, [(400, "invalid_json")]);
                if (await http.ReadAnswerAsync().WaitAsync(ServerFixture.Guard) is { } second)
                {
                    RowRun.CheckRefusal(second, [(400, null)]);
                }

                await http.ReadToCloseAsync();
            }) with { LeavesNothing = true },
        },
        new("S08", "Content-Encoding")
        {
            Encoded("gzip", "gzip", s => new GZipStream(s, CompressionLevel.Fastest)),
            Encoded("br", "br", s => new BrotliStream(s, CompressionLevel.Fastest)),
            Encoded("deflate", "deflate", s => new ZLibStream(s, CompressionLevel.Fastest)),
            Refused("unknown", RawRequest.Publish(Good.With(), "Content-Encoding: zebra"), [(415, "unsupported_encoding"), (400, "invalid_json")]),
            Refused("gzip in a batch", () => RawRequest.Batch(Compress(RawRequest.Bytes($"[{Good.With()}]"), s => new GZipStream(s, CompressionLevel.Fastest)), "Content-Encoding: gzip"), [(415, "unsupported_encoding"), (400, "invalid_json")]),
            Refused("bomb", () => RawRequest.Publish(Compress(new byte[50_000_000], s => new GZipStream(s, CompressionLevel.SmallestSize)), "Content-Encoding: gzip"), [(415, "unsupported_encoding"), (400, "invalid_json")]),
            Refused("nested", () => RawRequest.Publish(Compress(Compress(RawRequest.Bytes(Good.With()), s => new GZipStream(s, CompressionLevel.Fastest)), s => new GZipStream(s, CompressionLevel.Fastest)), "Content-Encoding: gzip, gzip"), [(415, "unsupported_encoding"), (400, "invalid_json")]),
        },
        new("S09", "an entity past 16 MiB or 100,000 properties")
        {
            Check("100,000 properties", async run =>
            {
                var id = run.NewId();
                for (var i = 0; i < 10; i++)
                {
                    await run.PublishAsync(Good.Event(id, Properties(i * 10_000, 10_000)));
                }

                var refused = await run.SendAsync(RawRequest.Publish(Good.Event(id, "{\"one\":1}")));
                RowRun.CheckRefusal(refused, [(409, "entity_full")]);
                var batch = await run.SendAsync(RawRequest.BatchOf(Good.Event(id, "{\"one\":1}")));
                Assert.True(batch.Status == 200 && batch.Json.GetProperty("failed").GetInt32() == 1, $"in a batch: {batch}");
                await run.PublishAsync(Good.Event(id, "{\"p0\":2}"));
                Assert.Equal(100_000, (await run.ReadAsync(id)).GetProperty("properties").EnumerateObject().Count());
                await run.PublishAsync(Good.Event(id, "{\"__deleted__\":true}"));
            }),
            Check("16 MiB", async run =>
            {
                var id = run.NewId();
                var text = new string('x', 1_000_000);
                var answers = new List<RawAnswer>();
                for (var i = 0; i < 17; i++)
                {
                    answers.Add(await run.SendAsync(RawRequest.Publish(Good.Event(id, $"{{\"p{i}\":\"{text}\"}}"))));
                }

                answers[..16].ForEach(run.CheckAcceptance);
                RowRun.CheckRefusal(answers[16], [(409, "entity_full")]);
                await run.PublishAsync(Good.Event(id, "{\"__deleted__\":true}"));
            }),
        },
        new("S10", "over-limit body pipelined before a good request")
        {
            Check("publish behind it", async run =>
            {
                await using var http = await run.ConnectAsync();
                var first = await http.ExchangeAsync(RawRequest.Bytes(RawRequest.Publish(new string('1', SingleLimit + 1)), RawRequest.Publish(Good.With())));
                RowRun.CheckRefusal(first, [(413, "payload_too_large")]);
                run.PerhapsAccepted = 1;
                var rest = Encoding.UTF8.GetString(await http.ReadToCloseAsync());
                Assert.True(rest.Split("HTTP/1.1").Length <= 2, $"more answers than requests: {rest}");
            }),
            Check("bytes of the body that look like a request", async run =>
            {
                await using var http = await run.ConnectAsync();
                var hidden = RawRequest.Publish(Good.With());
                var body = RawRequest.Bytes(new string(' ', SingleLimit), hidden, hidden);
                RowRun.CheckRefusal(await http.ExchangeAsync(RawRequest.Publish(body)), [(413, "payload_too_large")]);
                Assert.Empty(await http.ReadToCloseAsync());
            }) with { LeavesNothing = true },
        },
        new("S11", "other bodies past their limits")
        {
            RefusedOrCut("delete body over 10 MiB", () => RawRequest.DeleteMany($"{{\"prefix\":\"nobody\"{new string(' ', BatchLimit)}}}"), [(413, "payload_too_large")]),
            Check("delete of 10,000 long ids", async run =>
            {
                var prefix = run.NewId() + new string('x', 980);
                var ids = Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"{prefix}{i}\""));
                var answer = await run.SendAsync(RawRequest.DeleteMany($"{{\"entity_ids\":[{string.Join(',', ids)}]}}"));
                Assert.True(answer.Status == 200 && answer.Json.GetProperty("deleted").GetInt32() == 10_000, $"{answer}");
                run.Accepted += 10_000;
            }),
            from route in ((string Method, string Target, string Body)[])
            [
                ("PUT", "/api/admin/config", "{\"rate_limit_enabled\":true"), ("POST", "/api/namespaces", "{\"name\":\"large\""),
                ("PUT", "/api/namespaces/acme", "{\"private\":false"), ("POST", "/api/namespaces/acme/tokens", "{\"scope\":\"read\""),
                ("PUT", "/api/admin/namespaces/acme", "{\"state\":\"active\""),
            ]
            select RefusedOrCut($"{route.Method} {route.Target} over 64 KiB",
                () => RawRequest.With(route.Method, route.Target, RawRequest.Bytes($"{route.Body}{new string(' ', 65_536)}}}"), Owners.Operator),
                [(413, "payload_too_large")]) with { NeedsTokens = true },
            new NotYet(NotYet.Webhooks, "webhook bodies over 64 KiB"),
        },
        new("S12", "200 parallel bodies of 1 MiB stalled near the end")
        {
            Check("200 bodies", async run =>
            {
                var before = ProcessFootprint.Of(run.Server.ProcessId);
                var stalled = RawRequest.Publish(EventOf(SingleLimit)).AsMemory()[..^10];
                var connections = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => run.ConnectAsync()));
                try
                {
                    var answers = connections.Select(async http =>
                    {
                        await http.TrySendAsync(stalled);
                        return await http.ReadAnswerAsync();
                    }).ToList();
                    await run.PublishAsync(Good.With());
                    foreach (var answer in await Task.WhenAll(answers).WaitAsync(TimeSpan.FromSeconds(20)))
                    {
                        if (answer is not null)
                        {
                            // 503 is named by the row itself, as an exception to «never 5xx».
                            Assert.True(answer.Status is 408 or 503, $"{answer}");
                        }
                    }

                    var after = ProcessFootprint.Of(run.Server.ProcessId);
                    Assert.True(after.Bytes - before.Bytes < 300_000_000, $"from {before} to {after}");
                }
                finally
                {
                    foreach (var http in connections)
                    {
                        await http.DisposeAsync();
                    }
                }
            }),
            Check("a batch that begins fast and then trickles", async run =>
            {
                await using var http = await run.ConnectAsync();
                var batch = RawRequest.Batch("[]".PadRight(BatchLimit)).AsMemory();
                var sent = batch.Length * 9 / 10;
                await http.TrySendAsync(batch[..sent]);
                http.Signature = null; // the head has it
                var answering = http.ReadAnswerAsync();
                using var pace = new PeriodicTimer(TimeSpan.FromSeconds(2), TimeProvider.System);
                for (var parts = 0; parts < 15 && !answering.IsCompleted; parts++, sent += 1_300)
                {
                    await http.TrySendAsync(batch.Slice(sent, 1_300)); // enough for a small one
                    await Task.WhenAny(answering, pace.WaitForNextTickAsync().AsTask());
                }

                Assert.True(answering.IsCompleted, "it goes on for ever");
                Assert.True(await answering is null or { Status: 408 }, $"{await answering}");
            }),
        },
    ];

    /// <summary>An event of exactly that many bytes.</summary>
    private static string EventOf(int bytes)
    {
        var shell = Good.Property("\"n\":\"\"").Length;
        return Good.Property($"\"n\":\"{new string('x', bytes - shell)}\"");
    }

    private static string LargeBatch(RowRun run, int bytes)
    {
        var text = new string('x', 500_000);
        var events = Enumerable.Range(0, 20).Select(_ => Good.Event(run.NewId(), $"{{\"v\":\"{text}\"}}"));
        var batch = $"{{\"events\":[{string.Join(',', events)}]}}";
        return batch.PadRight(bytes);
    }

    private static async Task CheckBatchAsync(RowRun run, string batch, int count)
    {
        var answer = await run.SendAsync(RawRequest.Batch(batch));
        Assert.True(answer.Status == 200, $"{answer}");
        var body = answer.Json;
        var rows = body.GetProperty("results");
        Assert.Equal(count, rows.GetArrayLength());
        var successful = body.GetProperty("successful").GetInt32();
        run.Accepted += successful;
        var refused = rows.EnumerateArray().FirstOrDefault(row => row.GetProperty("error").ValueKind != JsonValueKind.Null);
        Assert.True(successful == count, $"{successful} of {count} were stored; the first refused row: {refused}");
    }

    private static byte[] Chunked(string body, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new MemoryStream();
        request.Write(ChunkedHead);
        for (var at = 0; at < bytes.Length; at += size)
        {
            request.Write(RawRequest.Chunk(bytes[at..Math.Min(bytes.Length, at + size)]));
        }

        request.Write("0\r\n\r\n"u8);
        return request.ToArray();
    }

    private static byte[] Compress(byte[] content, Func<Stream, Stream> open)
    {
        using var compressed = new MemoryStream();
        using (var stream = open(compressed))
        {
            stream.Write(content);
        }

        return compressed.ToArray();
    }

    private static Variant Encoded(string name, string encoding, Func<Stream, Stream> open) =>
        Refused(name, () => RawRequest.Publish(Compress(RawRequest.Bytes(Good.With()), open), $"Content-Encoding: {encoding}"), [(415, "unsupported_encoding"), (400, "invalid_json")]);

    private static string Properties(int first, int count) =>
        $"{{{string.Join(',', Enumerable.Range(first, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"p{i}\":1")))}}}";

    /// <summary>Sends one more piece each second until the server has had enough, within the page's 10 s: 408 and the end of the connection.</summary>
    private static async Task DripAsync(RowRun run, byte[] head, string piece)
    {
        await using var http = await run.ConnectAsync();
        await http.SendAsync(head);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var answer = http.ReadAnswerAsync();
        var judging = run.JudgeAsync(answer, TimeSpan.FromSeconds(10));
        while (!judging.IsCompleted)
        {
            await Task.WhenAny(judging, pace.WaitForNextTickAsync().AsTask());
            await http.TrySendAsync(RawRequest.Bytes(piece));
        }

        await judging;

        if (await answer is { } refusal)
        {
            RowRun.CheckRefusal(refusal, [(408, "timeout"), (408, null)]);
        }

        await http.ReadToCloseAsync();
    }
}
