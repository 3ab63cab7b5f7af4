using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>M: administration, configuration, connectors.</summary>
internal static class AdminRows
{
    private const string Config = "/api/admin/config";

    private static readonly string[] Numbers =
        ["rate_limit_per_namespace_per_minute", "body_size_limit_single_bytes", "body_size_limit_batch_bytes"];

    private static readonly string[] Members = ["rate_limit_enabled", .. Numbers];

    private static readonly Departure Connectors = new("0014", "connectors are not served: every path of theirs is a 404");

    public static readonly IReadOnlyList<Row> All =
    [
        new("M01", "config write without rights")
        {
            RefusedWithTokens("no token", _ => Put("{}"), [(401, "admin_required")]),
            RefusedWithTokens("a wrong one", _ => Put("{}", "Authorization: Bearer wrong"), [(401, "admin_required")]),
            RefusedWithTokens("a namespace's", run => Put("{}", run.Owner), [(401, "admin_required")]),
            RefusedWithTokens("mistyped body without token", _ => Put("{\"rate_limit_enabled\":1}"), [(400, "invalid_field")]),
        },
        new("M02", "numbers out of range")
        {
            from member in Numbers
            from value in (string[])["-1", "1.5", "\"5000\"", "18446744073709551616", "2147483648", "true", "[]"]
            select RefusedWithTokens($"{member} {value}", _ => Put($"{{\"{member}\":{value}}}", Owners.Operator), [(400, "invalid_field")]),
            from member in (string[])["body_size_limit_single_bytes", "body_size_limit_batch_bytes"]
            from value in (string[])["0", "10737418240", "268435457"]
            select RefusedWithTokens($"{member} {value}", _ => Put($"{{\"{member}\":{value}}}", Owners.Operator), [(400, "invalid_field")]),
            from member in Members
            select WithTokens($"{member} null", async run =>
            {
                var before = await run.SendAsync(RawRequest.Get(Config));
                var answer = await run.ManageAsync("PUT", Config, $"{{\"{member}\":null}}", events: 0);
                Assert.Equal(before.Text, answer.Text);
            }) with { LeavesNothing = true },
            WithTokens("rate 0", async run =>
            {
                var answer = await run.ManageAsync("PUT", Config, "{\"rate_limit_per_namespace_per_minute\":0}");
                Assert.Equal(0, answer.Json.GetProperty("rate_limit_per_namespace_per_minute").GetInt32());
                var hearing = TimeSpan.FromSeconds(5);
                try
                {
                    foreach (var node in (ServerFixture[])[run.Server, .. run.Others])
                    {
                        await RowRun.WithinAsync(hearing, async () => await TryPublishAsync(run, node) is { Status: 429 }, "rate 0 refused nothing");
                        RowRun.CheckRefusal(await TryPublishAsync(run, node), [(429, "rate_limited")]);
                    }

                    // An item of a batch has it in its row, and what is no event goes on.
                    var batch = await run.SendAsync(RawRequest.Batch($"[{Good.With()}]", run.Owner));
                    Assert.True(batch.Status == 200 && batch.Json.GetProperty("successful").GetInt32() == 0, $"{batch}");
                    await run.HistoryAsync(Good.Id);
                }
                finally
                {
                    await run.ManageAsync("PUT", Config, "{\"rate_limit_per_namespace_per_minute\":1000000}");
                    foreach (var node in (ServerFixture[])[run.Server, .. run.Others])
                    {
                        await RowRun.WithinAsync(hearing, async () => await TryPublishAsync(run, node) is { Status: 200 }, "the rate was not given back");
                    }
                }
            }),
        },
        new("M03", "unknown fields, other bodies")
        {
            from body in (string[])["{}", "{\"unknown\":-1}", "{\"Rate_Limit_Enabled\":7}"]
            select WithTokens(body, async run =>
            {
                var before = await run.SendAsync(RawRequest.Get(Config));
                Assert.Equal(before.Text, (await run.ManageAsync("PUT", Config, body, events: 0)).Text);
            }) with { LeavesNothing = true },
            RefusedWithTokens("[]", _ => Put("[]", Owners.Operator), [(400, "invalid_request")]),
            RefusedWithTokens("empty", _ => Put("", Owners.Operator), [(400, "invalid_json")]),
            WithTokens("half of it wrong changes nothing", async run =>
            {
                var before = await run.SendAsync(RawRequest.Get(Config));
                RowRun.CheckRefusal(await run.SendAsync(
                    Put("{\"rate_limit_per_namespace_per_minute\":5,\"body_size_limit_single_bytes\":0}", Owners.Operator)), [(400, "invalid_field")]);
                Assert.Equal(before.Text, (await run.SendAsync(RawRequest.Get(Config))).Text);
            }) with { LeavesNothing = true },
        },
        new("M04", "two changes at once")
        {
            WithTokens("one wins whole", async run =>
            {
                var before = (await run.SendAsync(RawRequest.Get(Config))).Text;
                string[] changes = [Whole(600_000, 1_100_000, 11_000_000), Whole(700_000, 1_200_000, 12_000_000)];
                await Task.WhenAll(changes.Select(change => run.ManageAsync("PUT", Config, change)));
                Assert.Contains((await run.SendAsync(RawRequest.Get(Config))).Text, changes);
                await run.ManageAsync("PUT", Config, before);
            }),
            AcrossNodes("changed on one node, read on another", async run =>
            {
                var before = (await run.SendAsync(RawRequest.Get(Config))).Text;
                var change = Whole(800_000, 1_300_000, 13_000_000);
                await run.ManageAsync("PUT", Config, change);
                foreach (var other in run.Others)
                {
                    await RowRun.WithinAsync(
                        TimeSpan.FromSeconds(5), async () => (await other.SendAsync(RawRequest.Get(Config))).Text == change, "the change was not seen on another node");
                }

                await run.ManageAsync("PUT", Config, before);
            }),
        },
        new("M05", "config read")
        {
            CheckOpen("without a token", CheckConfigAsync),
            WithTokens("without a token, with authentication on", CheckConfigAsync),
        },
        new("M06", "ban and unban")
        {
            RefusedWithTokens("ban of an unknown one", _ => PutTo("/api/admin/namespaces/nobodys", "{\"state\":\"banned\"}", Owners.Operator), [(404, "not_found")]),
            RefusedWithTokens("ban of an ill-formed one", _ => PutTo("/api/admin/namespaces/A", "{\"state\":\"banned\"}", Owners.Operator), [(404, "not_found")]),
            from body in (string[])["{\"state\":\"deleted\"}", "{\"state\":\"Banned\"}", "{\"state\":2}", "{\"limits\":[]}", "{\"limits\":{\"eventBytes\":0}}", "{\"limits\":{\"entities\":-1}}"]
            select RefusedWithTokens(body, _ => PutTo("/api/admin/namespaces/acme", body, Owners.Operator), [(400, "invalid_field")]),
            WithTokens("twice, and back twice", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                foreach (var (state, events) in ((string State, int Events)[])[("active", 0), ("banned", 1), ("banned", 0), ("active", 1), ("active", 0)])
                {
                    var answer = await run.ManageAsync("PUT", $"/api/admin/namespaces/{ns}", $"{{\"state\":\"{state}\"}}", events);
                    Assert.Equal(state, answer.Json.GetProperty("state").GetString());
                }

                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner)));
            }),
        },
        new("M07", "namespace deleted with open sockets")
        {
            WithTokens("a socket that showed its token ends with 4403, one that showed none stays", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                await using var holder = await RawWebSocket.OpenAsync(run.Server.Port, "/api/ws", owner);
                await using var reader = await run.OpenSocketAsync();
                await reader.SubscribeAsync($"{ns}/*");
                await reader.SubscribeAsync("acme/*");
                await reader.RoundTripAsync();
                await run.ManageAsync("DELETE", $"/api/namespaces/{ns}");
                Assert.Equal(4403, await holder.WaitForCloseAsync());
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner)), [(401, "namespace_not_found")]);
                await run.PublishAsync(Good.With());
                Assert.Equal(Good.Id, (await reader.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
            from isPrivate in (bool[])[false, true]
            select WithTokens(isPrivate ? "rows of a private one are served to nobody" : "rows of an open one stay, as the contract has it (section 13)", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                var published = await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner));
                run.CheckAcceptance(published);
                if (isPrivate)
                {
                    await run.ManageAsync("PUT", $"/api/namespaces/{ns}", "{\"private\":true}");
                }

                await run.ManageAsync("DELETE", $"/api/namespaces/{ns}");
                var position = published.Json.GetProperty("position").GetInt64();
                foreach (var headers in (string[][])[[], [owner], [run.Owner], [Owners.Operator]])
                {
                    foreach (var target in (string[])[RawRequest.EntityPath($"{ns}/e"), $"{RawRequest.EntityPath($"{ns}/e")}?at={position}"])
                    {
                        var answer = await run.SendAsync(RawRequest.Get(target, headers));
                        Assert.True(answer.Status == (isPrivate ? 404 : 200), $"{target}: {answer}");
                    }

                    // A page of a namespace ends after 20,000 positions, and rows before this one may have taken more: it begins where the event is.
                    foreach (var target in (string[])
                    [
                        $"/api/state/entities?namespace={ns}", $"/api/state/entities?prefix={ns}/&at={position}", $"/api/events?entity={ns}/e",
                        $"/api/events?namespace={ns}&order=asc&from={position}", $"/api/series?entity={ns}/e&property=n",
                    ])
                    {
                        var answer = await run.SendAsync(RawRequest.Get(target, headers));
                        Assert.True(answer.Status == 200 && answer.Json.GetArrayLength() == (isPrivate ? 0 : 1), $"{target}: {answer}");
                    }
                }

                await using var socket = await run.OpenNewerSocketAsync();
                await socket.SubscribeAsync("s", $"\"entity\":\"*\",\"from\":{position - 1}");
                await run.PublishAsync(Good.With());
                var frames = await socket.ThroughAsync(frame => frame.TryGetProperty("entity_id", out var id) && id.GetString() == Good.Id);
                Assert.Equal(!isPrivate, frames.Exists(frame => frame.TryGetProperty("entity_id", out var id) && id.GetString() == $"{ns}/e"));
            }),
            new NotYet(NotYet.Webhooks, "deliveries stop"),
        },
        new("M08", "connector names and tokens")
        {
            Connectors,
            from name in (string[])["github", "..%2fx", ";id", "$(id)", new string('x', 4000)]
            from method in (string[])["GET", "POST"]
            select Refused($"{method} {name[..Math.Min(name.Length, 20)]}", method == "GET"
                ? RawRequest.Get($"/api/connectors/{name}")
                : RawRequest.Post($"/api/connectors/{name}/token", "{\"token\":\"a\\r\\nb\"}"), [(404, "not_found")]),
        },
        new("M09", "OAuth callback")
        {
            Connectors,
            from query in (string[])["", "?code=x&state=used", "?error=<script>", "?error=%3Cscript%3E&error_description=x"]
            select Check(query, async run =>
            {
                var answer = await run.SendAsync(RawRequest.Get($"/api/connectors/github/oauth/callback{query}"));
                RowRun.CheckRefusal(answer, [(404, "not_found")]);
                Assert.DoesNotContain("script", answer.Text, StringComparison.Ordinal);
                Assert.Null(answer.Header("Location"));
            }) with { LeavesNothing = true },
        },
        new("M10", "our own admin routes")
        {
            from headers in (string[][])[[], ["Authorization: Bearer wrong"]]
            from request in ((string Name, byte[] Bytes)[])
            [
                ("list", RawRequest.Get("/api/admin/namespaces", headers)),
                ("ban", PutTo("/api/admin/namespaces/acme", "{\"state\":\"banned\"}", headers)),
                ("audit", RawRequest.Get("/api/admin/audit", headers)),
                ("status", RawRequest.Get("/api/admin/status", headers)),
                ("usage", RawRequest.Get("/api/namespaces/acme/usage", headers)),
                ("tokens", RawRequest.Get("/api/namespaces/acme/tokens", headers)),
                ("issue", RawRequest.Post("/api/namespaces/acme/tokens", "{\"scope\":\"admin\"}", headers)),
                ("rotate", RawRequest.Post("/api/namespaces/acme/tokens/tok_00000000/rotate", "{}", headers)),
                ("revoke", RawRequest.Of("DELETE", "/api/namespaces/acme/tokens/tok_00000000", headers)),
                ("private", PutTo("/api/namespaces/acme", "{\"private\":true}", headers)),
            ]
            select RefusedWithTokens($"{request.Name} {(headers.Length == 0 ? "without a token" : "with a wrong one")}", _ => request.Bytes, [(401, "admin_required")]),
            from query in (string[])["namespace=../../x", "namespace=$flux", "after=-1", "after=9223372036854775807", "limit=x", "limit=1&limit=2"]
            select RefusedWithTokens($"audit?{query}", _ => RawRequest.Get($"/api/admin/audit?{query}", Owners.Operator), [(400, "invalid_parameter")]),
            RefusedWithTokens("quarantine?after=%00", _ => RawRequest.Get("/api/admin/quarantine?after=%00", Owners.Operator), [(400, "invalid_parameter")]),
            CheckOpen("without authentication the list and the audit are nobody's", async run =>
            {
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get("/api/admin/namespaces")), [(401, "admin_required")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get("/api/admin/audit")), [(401, "admin_required")]);
            }),
            new NotYet(NotYet.Commands, "restore, verify and export"),
        },
    ];

    private static byte[] Put(string body, params string[] headers) => PutTo(Config, body, headers);

    private static byte[] PutTo(string target, string body, params string[] headers) => RawRequest.With("PUT", target, RawRequest.Bytes(body), headers);

    private static async Task<RawAnswer> TryPublishAsync(RowRun run, ServerFixture node)
    {
        var answer = await node.SendAsync(RawRequest.Publish(Good.With(), run.Owner));
        run.Accepted += answer.Status == 200 ? 1 : 0;
        return answer;
    }

    private static string Whole(int rate, int single, int batch) =>
        $"{{\"rate_limit_enabled\":true,\"rate_limit_per_namespace_per_minute\":{rate},\"body_size_limit_single_bytes\":{single},\"body_size_limit_batch_bytes\":{batch}}}";

    private static async Task CheckConfigAsync(RowRun run)
    {
        var answer = await run.SendAsync(RawRequest.Get(Config));
        Assert.True(answer.Status == 200, $"{answer}");
        Assert.Equal(Members.Order(StringComparer.Ordinal), answer.Json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }
}
