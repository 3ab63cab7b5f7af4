using System.Diagnostics;
using System.Globalization;
using System.Text;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>A: authentication and rights.</summary>
internal static class AuthenticationRows
{
    private const string Bearer = "Authorization: Bearer ";

    private static readonly string GoodEvent = Good.With();

    private static readonly (int Status, string? Code)[] TwoTokens = [(400, "invalid_request"), (401, "malformed_token"), (403, "unknown_token")];

    public static readonly IReadOnlyList<Row> All =
    [
        new("A01", "no header; other schemes")
        {
            RefusedWithTokens("no header", _ => RawRequest.Publish(GoodEvent), [(401, "missing_token")]),
            RefusedWithTokens("no header, delete", _ => RawRequest.Of("DELETE", RawRequest.EntityPath(Good.Id)), [(401, "missing_token")]),
            from value in (string[])["Bearer", "Bearer ", "Basic x"]
            from delete in (bool[])[false, true]
            select RefusedWithTokens($"'{value}'{(delete ? ", delete" : "")}", _ => Write(delete, $"Authorization: {value}"), [(401, "malformed_token")]),
            RefusedWithTokens("token alone", run => RawRequest.Publish(GoodEvent, run.Owner.Replace("Bearer ", "", StringComparison.Ordinal)), [(401, "malformed_token")]),
        },
        new("A02", "spellings of Bearer")
        {
            from scheme in (string[])["bearer {0}", "BEARER {0}", "Bearer  {0}", "Bearer {0} "]
            select WithTokens(scheme, async run =>
            {
                var header = $"Authorization: {string.Format(CultureInfo.InvariantCulture, scheme, run.Owner[Bearer.Length..])}";
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(GoodEvent, header)));
                var deleted = await run.SendAsync(Write(delete: true, header));
                Assert.True(deleted.Status is 200 or 401, $"{deleted}");
                run.Accepted += deleted.Status == 200 ? 1 : 0;
            }),
            RefusedWithTokens("another token", run => RawRequest.Publish(GoodEvent, run.Owner.Replace("Bearer", "bearer", StringComparison.Ordinal) + "x"), [(403, "unknown_token")]),
        },
        new("A03", "tokens that are none")
        {
            RefusedWithTokens("in other case", run => RawRequest.Publish(GoodEvent, Bearer + run.Owner[Bearer.Length..].ToUpperInvariant()), [(403, "unknown_token")]),
            RefusedWithTokens("one character off", run => RawRequest.Publish(GoodEvent, OneOff(run.Owner)), [(403, "unknown_token")]),
            RefusedWithTokens("made up, with a checksum", _ => RawRequest.Publish(GoodEvent, Bearer + Core.Namespaces.AccessToken.Create(Core.Namespaces.TokenScope.Write)), [(403, "unknown_token")]),
            RefusedWithTokens("of 10 KB", _ => RawRequest.Publish(GoodEvent, Bearer + new string('x', 10_240)), [(401, "malformed_token"), (403, "unknown_token")]),
            from character in (string[])["\0", "\r", "\n x"]
            select WithTokens($"with {(int)character[0]:x2}", async run =>
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(GoodEvent, $"{run.Owner}{character}")), [(400, null)])) with { LeavesNothing = true },
            WithTokens("with UTF-8", async run =>
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(GoodEvent, $"{run.Owner}é")), [(400, null), (401, "malformed_token"), (403, "unknown_token")])) with { LeavesNothing = true },
            WithTokens("none of them is in the log", async run =>
            {
                await run.SendAsync(RawRequest.Publish(GoodEvent, OneOff(run.Owner)));
                await run.PublishAsync(GoodEvent);
                Assert.DoesNotContain(run.Server.Output, line => line.Contains(run.Owner.AsSpan(Bearer.Length, 16), StringComparison.Ordinal)
                    || line.Contains(Owners.Operator[Bearer.Length..], StringComparison.Ordinal));
            }),
        },
        new("A04", "two tokens")
        {
            RefusedWithTokens("good and bad", run => RawRequest.Publish(GoodEvent, run.Owner, $"{Bearer}x"), TwoTokens),
            RefusedWithTokens("bad and good", run => RawRequest.Publish(GoodEvent, $"{Bearer}x", run.Owner), TwoTokens),
            RefusedWithTokens("the good one twice, with a comma", run => RawRequest.Publish(GoodEvent, $"{run.Owner},{run.Owner[Bearer.Length..]}"), TwoTokens),
            RefusedWithTokens("the operator's twice", _ => RawRequest.Of("DELETE", "/api/namespaces/acme", Owners.Operator, Owners.Operator), [.. TwoTokens, (401, "admin_required")]),
        },
        new("A05", "token in the query, a cookie or the body")
        {
            Check("a socket with ?token= is a socket without", async run =>
            {
                var id = run.NewId();
                await using var socket = await RawWebSocket.OpenAsync(run.Server.Port, "/api/ws?token=secret-in-the-url");
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                await socket.NextAboutAsync(id);
                Assert.DoesNotContain(run.Server.Output, line => line.Contains("secret-in-the-url", StringComparison.Ordinal));
            }),
            WithTokens("a classic socket with ?token= sees no more than one without", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                await run.ManageAsync("PUT", $"/api/namespaces/{ns}", "{\"private\":true}");
                await using var socket = await RawWebSocket.OpenAsync(run.Server.Port, $"/api/ws?token={owner[Bearer.Length..]}");
                await socket.RoundTripAsync();
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner)));
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                Assert.Equal(id, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
            RefusedWithTokens("query", run => RawRequest.Post($"/api/events?token={run.Owner[Bearer.Length..]}&access_token={run.Owner[Bearer.Length..]}", GoodEvent), [(401, "missing_token")]),
            RefusedWithTokens("cookie", run => RawRequest.Publish(GoodEvent, $"Cookie: token={run.Owner[Bearer.Length..]}"), [(401, "missing_token")]),
            RefusedWithTokens("body", run => RawRequest.Publish(Good.With(more: $",\"token\":\"{run.Owner[Bearer.Length..]}\"")), [(401, "missing_token")]),
        },
        new("A06", "good token, another's entity")
        {
            WithTokens("which exists, and which does not", async run =>
            {
                var (_, other) = await run.RegisterAsync();
                await run.PublishAsync(GoodEvent);
                var existing = await run.SendAsync(RawRequest.Publish(GoodEvent, other));
                var unborn = await run.SendAsync(RawRequest.Publish(Good.Event("acme/unborn", "{\"n\":1}"), other));
                RowRun.CheckRefusal(existing, [(403, "wrong_namespace")]);
                Assert.Equal(existing.Text, unborn.Text);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Of("DELETE", RawRequest.EntityPath(Good.Id), other)), [(403, "wrong_namespace")]);
                Assert.NotNull(await run.TryReadAsync(Good.Id));
            }),
        },
        new("A07", "good token, unknown namespace")
        {
            RefusedWithTokens("publish", run => RawRequest.Publish(Good.Event("nobodys/e", "{\"n\":1}"), run.Owner), [(401, "namespace_not_found")]),
            WithTokens("it is not created", async run =>
            {
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get("/api/namespaces/nobodys")), [(404, "not_found")]);
                Assert.Null(await run.TryReadAsync("nobodys/e"));
            }),
        },
        new("A08", "order of checks with and without a token")
        {
            from payload in (string[])["{\"properties\":{\"n\":1}}", "{\"entity_id\":5}", "{\"entity_id\":\"e1\",\"properties\":{\"n\":1}}", "{\"entity_id\":\"acme//e\",\"properties\":{\"n\":1}}"]
            from hasToken in (bool[])[false, true]
            select RefusedWithTokens($"{payload}{(hasToken ? ", good token" : "")}", run => RawRequest.Publish(Good.With(payload: payload), hasToken ? [run.Owner] : []),
                [(401, hasToken ? "invalid_entity_id" : "missing_token")]),
            RefusedWithTokens("malformed event without a token", _ => RawRequest.Publish(Good.With(source: "")), [(400, "missing_field")]),
            RefusedWithTokens("no JSON without a token", _ => RawRequest.Publish("{"), [(400, "invalid_json")]),
        },
        new("A09", "revoked token")
        {
            WithTokens("at once", async run =>
            {
                var (id, holder) = await run.IssueAsync("acme", "write");
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(GoodEvent, holder)));
                await run.ManageAsync("DELETE", $"/api/namespaces/acme/tokens/{id}");
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(GoodEvent, holder)), [(403, "revoked_token")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Of("DELETE", RawRequest.EntityPath(Good.Id), holder)), [(403, "revoked_token")]);
            }),
            AcrossNodes("through another node", async run =>
            {
                var (id, holder) = await run.IssueAsync("acme", "write");
                await run.ManageAsync("DELETE", $"/api/namespaces/acme/tokens/{id}");
                foreach (var other in run.Others)
                {
                    await RowRun.WithinAsync(
                        TimeSpan.FromSeconds(5),
                        async () =>
                        {
                            var answer = await other.SendAsync(RawRequest.Publish(GoodEvent, holder));
                            run.Accepted += answer.Status == 200 ? 1 : 0;
                            return answer is { Status: 403, Code: "revoked_token" };
                        },
                        "the token still opened another node");
                }
            }),
        },
        new("A10", "rotated-out token")
        {
            WithTokens("within its grace time", async run =>
            {
                var (id, holder) = await run.IssueAsync("acme", "write");
                var next = await run.ManageAsync("POST", $"/api/namespaces/acme/tokens/{id}/rotate", "{\"graceSeconds\":3600}");
                var old = await run.SendAsync(RawRequest.Publish(GoodEvent, holder));
                run.CheckAcceptance(old);
                Assert.Contains(next.Json.GetProperty("id").GetString()!, old.Header("Flux-Token-Notice"), StringComparison.Ordinal);
                var with = await run.SendAsync(RawRequest.Publish(GoodEvent, Owners.Header(next.Json.GetProperty("token").GetString()!)));
                run.CheckAcceptance(with);
                Assert.Null(with.Header("Flux-Token-Notice"));
            }),
            WithTokens("after it", async run =>
            {
                var (id, holder) = await run.IssueAsync("acme", "write");
                await run.ManageAsync("POST", $"/api/namespaces/acme/tokens/{id}/rotate", "{\"graceSeconds\":0}");
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(GoodEvent, holder)), [(403, "revoked_token")]);
            }),
        },
        new("A11", "banned namespace")
        {
            WithTokens("on every way in and out", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                var json = Good.Event($"{ns}/e", "{\"secret\":1}");
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(json, owner)));
                await run.ManageAsync("PUT", $"/api/admin/namespaces/{ns}", "{\"state\":\"banned\"}");
                await using var socket = await run.OpenSocketAsync();
                await socket.SubscribeAsync("*");
                await socket.SubscribeAsync($"{ns}/e");
                await socket.RoundTripAsync();

                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(json, owner)), [(403, "namespace_banned")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Of("DELETE", RawRequest.EntityPath($"{ns}/e"), owner)), [(403, "namespace_banned")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get(RawRequest.EntityPath($"{ns}/e"), owner)), [(403, "namespace_banned")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get($"/api/events?entity={ns}/e", owner)), [(403, "namespace_banned")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(json)), [(401, "missing_token")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(json, run.Owner)), [(403, "wrong_namespace")]);
                var batch = await run.SendAsync(RawRequest.Batch($"[{json},{GoodEvent}]", owner));
                Assert.Equal("namespace_banned", batch.Json.GetProperty("results")[0].GetProperty("code").GetString());
                Assert.Null(await run.TryReadAsync($"{ns}/e"));
                Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"/api/state/entities?namespace={ns}"))).Text);
                Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"/api/state/entities?namespace={ns}", owner))).Text);
                Assert.Equal(0, (await run.HistoryAsync($"{ns}/e")).GetArrayLength());
                Assert.DoesNotContain(ns, (await run.SendAsync(RawRequest.Get("/api/state/entities"))).Text, StringComparison.Ordinal);
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                Assert.Equal(id, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
            new NotYet(NotYet.Webhooks, "webhooks"),
        },
        new("A12", "read-only token")
        {
            WithTokens("publishes, deletes and claims", async run =>
            {
                var (_, reader) = await run.IssueAsync("acme", "read");
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(GoodEvent, reader)), [(403, "read_only_token")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Of("DELETE", RawRequest.EntityPath(Good.Id), reader)), [(403, "read_only_token")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.DeleteMany("{\"entity_ids\":[\"acme/e1\"]}", reader)), [(403, "read_only_token")]);
                foreach (var way in (string[])["", "/renew", "/release"])
                {
                    const string body = "{\"entity_id\":\"acme/e1\",\"owner\":\"a\",\"token\":1,\"ttl\":60}";
                    RowRun.CheckRefusal(
                        await run.SendAsync(RawRequest.Post($"/api/claims{way}", body, reader, "Content-Type: application/json")), [(403, "read_only_token")]);
                }
            }),
        },
        new("A13", "tokens on the wrong routes")
        {
            RefusedWithTokens("namespace token registers", run => RawRequest.Post("/api/namespaces", "{\"name\":\"mine\"}", run.Owner), [(401, "admin_required")]),
            RefusedWithTokens("namespace token deletes its namespace", run => RawRequest.Of("DELETE", "/api/namespaces/acme", run.Owner), [(401, "admin_required")]),
            RefusedWithTokens("namespace token sets limits", run => RawRequest.With("PUT", "/api/admin/config", "{\"rate_limit_enabled\":false}"u8.ToArray(), run.Owner), [(401, "admin_required")]),
            RefusedWithTokens("namespace token bans", run => RawRequest.With("PUT", "/api/admin/namespaces/acme", "{\"state\":\"active\"}"u8.ToArray(), run.Owner), [(401, "admin_required")]),
            RefusedWithTokens("namespace token reads the audit", run => RawRequest.Get("/api/admin/audit", run.Owner), [(401, "admin_required")]),
            RefusedWithTokens("admin token publishes", _ => RawRequest.Publish(GoodEvent, Owners.Operator), [(403, "unknown_token")]),
            RefusedWithTokens("admin token deletes", _ => RawRequest.Of("DELETE", RawRequest.EntityPath(Good.Id), Owners.Operator), [(403, "unknown_token")]),
        },
        new("A14", "settings that must refuse to start")
        {
            Check("auth on, no admin token", run => RefusesToStartAsync("FLUX_ADMIN_TOKEN=", ("FLUX_AUTH_ENABLED", "true"))),
            from word in (string[])["yes", "1", "True", "on"]
            select Check($"FLUX_AUTH_ENABLED={word}", run => RefusesToStartAsync("FLUX_AUTH_ENABLED", ("FLUX_AUTH_ENABLED", word), ("FLUX_ADMIN_TOKEN", "x"))),
            Check("an empty admin token lets nobody pass", async run =>
            {
                await using var server = new ServerFixture();
                server.Environment["FLUX_AUTH_ENABLED"] = "true";
                server.Environment["FLUX_ADMIN_TOKEN"] = "";
                await server.StartAsync();
                foreach (var headers in (string[][])[[], ["Authorization:"], ["Authorization: Bearer"], ["Authorization: Bearer "], ["Authorization: Bearer x"]])
                {
                    RowRun.CheckRefusal(await server.PostAsync("/api/namespaces", "{\"name\":\"acme\"}", headers), [(401, "admin_required")]);
                    RowRun.CheckRefusal(await server.SendAsync(RawRequest.With("PUT", "/api/admin/config", "{}"u8.ToArray(), headers)), [(401, "admin_required")]);
                    RowRun.CheckRefusal(await server.GetAsync("/api/admin/audit", headers), [(401, "admin_required")]);
                }
            }),
        },
        new("A15", "10,000 guesses from one address") { new NotYet(NotYet.Guesses) },
        new("A16", "timing of guesses")
        {
            WithTokens("one character off against random ones", async run =>
            {
                string[] guesses = [OneOff(run.Owner), $"{Bearer}{Core.Namespaces.AccessToken.Create(Core.Namespaces.TokenScope.Admin)}"];
                guesses[0] = Bearer + WithChecksum(guesses[0][Bearer.Length..]);
                var times = new List<double>[] { [], [] };
                await using var http = await run.ConnectAsync();
                for (var i = 0; i < 20_000; i++)
                {
                    var begun = Stopwatch.GetTimestamp();
                    RowRun.CheckRefusal(await http.ExchangeAsync(RawRequest.Publish(GoodEvent, guesses[i % 2])), [(403, "unknown_token")]);
                    times[i % 2].Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
                }

                // The slowest tenth is the machine's doing, not the comparison's.
                var (near, far) = (MeanOfMost(times[0]), MeanOfMost(times[1]));
                Assert.True(Math.Abs(near - far) < 0.05 * Math.Min(near, far), $"{near:0.0} µs for one that is nearly right, {far:0.0} µs for random ones");
            }) with { OnlyInLongRun = true },
        },
        new("A17", "token of a deleted namespace")
        {
            WithTokens("before and after the next owner", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                var json = Good.Event($"{ns}/e", "{\"n\":1}");
                await run.ManageAsync("DELETE", $"/api/namespaces/{ns}");
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(json, owner)), [(401, "namespace_not_found")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get($"/api/namespaces/{ns}/tokens", owner)), [(401, "admin_required")]);
                await Owners.RegisterAsync(run.Server, ns);
                run.Accepted++;
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(json, owner)), [(403, "unknown_token")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get($"/api/namespaces/{ns}/tokens", owner)), [(401, "admin_required"), (403, "unknown_token")]);
            }),
            from once in (string[])["private", "banned"]
            select WithTokens($"a name that was {once} is not free again", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner)));
                if (once == "private")
                {
                    await run.ManageAsync("PUT", $"/api/namespaces/{ns}", "{\"private\":true}");
                }
                else
                {
                    await run.ManageAsync("PUT", $"/api/admin/namespaces/{ns}", "{\"state\":\"banned\"}");
                }

                await run.ManageAsync("DELETE", $"/api/namespaces/{ns}");
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Post("/api/namespaces", $"{{\"name\":\"{ns}\"}}", Owners.Operator)), [(409, "name_taken")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":2}"), owner)), [(401, "namespace_not_found")]);
            }),
        },
        new("A18", "publish from another origin")
        {
            CheckOpen("without a list", async run =>
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.With(), "Origin: https://evil.example", "Content-Type: text/plain")))),
            WithTokens("without a token", async run =>
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(Good.With(), "Origin: https://evil.example", "Content-Type: text/plain")), [(401, "missing_token")])),
            new NotYet(NotYet.OriginLists, "with an origin list set"),
        },
    ];

    private static byte[] Write(bool delete, string header) =>
        delete ? RawRequest.Of("DELETE", RawRequest.EntityPath(Good.Id), header) : RawRequest.Publish(GoodEvent, header);

    /// <summary>The header with another character in the middle of its token.</summary>
    private static string OneOff(string header)
    {
        var at = header.Length - 20;
        return $"{header[..at]}{(header[at] == 'a' ? 'b' : 'a')}{header[(at + 1)..]}";
    }

    /// <summary>The token with the checksum that its characters have now, so that it is looked up.</summary>
    private static string WithChecksum(string token)
    {
        const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var text = token[..^6];
        var rest = System.IO.Hashing.Crc32.HashToUInt32(Encoding.ASCII.GetBytes(text));
        var digits = new char[6];
        for (var i = 5; i >= 0; i--, rest /= 62)
        {
            digits[i] = Base62[(int)(rest % 62)];
        }

        var made = text + new string(digits);
        Assert.True(Core.Namespaces.AccessToken.TryHash(made, out _));
        return made;
    }

    private static double MeanOfMost(List<double> times) => times.Order().Take(times.Count * 9 / 10).Average();

    private static async Task RefusesToStartAsync(string inText, params (string Name, string Value)[] environment)
    {
        await using var server = new ServerFixture();
        foreach (var (name, value) in environment)
        {
            server.Environment[name] = value;
        }

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(server.StartAsync);

        Assert.Contains(inText, refusal.Message, StringComparison.Ordinal);
    }
}
