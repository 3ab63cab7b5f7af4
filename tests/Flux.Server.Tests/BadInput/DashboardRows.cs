using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>U: the console, static files, and text that is shown to people.</summary>
internal static class DashboardRows
{
    private static readonly NotYet InABrowser = new(NotYet.Browser, "in a browser");

    public static readonly IReadOnlyList<Row> All =
    [
        new("U01", "climbing out of the web root")
        {
            from path in (string[])
            [
                "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/..%5c..%5cetc%5cpasswd", "/....//....//etc/passwd",
                "/%252e%252e%252fetc%252fpasswd", "/%c0%ae%c0%ae/etc/passwd", "/a%00.html", "//etc/passwd", "/..\\..\\etc\\passwd",
            ]
            select RefusedOrCut(path, () => RawRequest.Get(path), [(404, "not_found"), (400, null)]),
        },
        new("U02", "files that nobody should see")
        {
            from path in (string[])["/appsettings.json", "/.git/config", "/.env", "/data/flux.db", "/flux-data/log.db", "/log.db", "/Flux.Server.pdb", "/Flux.Server.dll", "/Flux.Server.runtimeconfig.json"]
            select Refused(path, RawRequest.Get(path), 404, "not_found"),
            from path in (string[])["/_content/", "/_content/..%2f..%2fFlux.Server.dll", "/_content/Flux.Dashboard/..%2f..%2f..%2fappsettings.json", "/_framework/%2e%2e/%2e%2e/etc/passwd", "/_content/MudBlazor/nothing.js"]
            select RefusedOrCut(path, () => RawRequest.Get(path), [(404, "not_found"), (404, null), (400, null)]), // that of a file of the console is empty
            Check("links in the web root that lead out of it", async run =>
            {
                // The web root is beside the program. It has to be there before a server looks for it, which is therefore one of its own.
                var root = Path.Combine(Path.GetDirectoryName(ServerFixture.ServerAssembly())!, "wwwroot");
                var name = $"flux-tests-{Guid.NewGuid():N}";
                string[] links = [Path.Combine(root, name), Path.Combine(root, "_content", name)];
                try
                {
                    foreach (var link in links)
                    {
                        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
                        Directory.CreateSymbolicLink(link, "/etc");
                        File.CreateSymbolicLink($"{link}.txt", "/etc/passwd");
                    }

                    await using var server = new ServerFixture();
                    await server.StartAsync();
                    foreach (var target in (string[])[$"/{name}/passwd", $"/{name}.txt", $"/_content/{name}/passwd", $"/_content/{name}.txt", $"/wwwroot/{name}.txt"])
                    {
                        RowRun.CheckRefusal(await server.GetAsync(target), [(404, "not_found"), (404, null)]);
                    }
                }
                finally
                {
                    foreach (var link in links)
                    {
                        File.Delete($"{link}.txt");
                        File.Delete(link);
                    }
                }
            }),
        },
        new("U03", "paths that are nearly right")
        {
            from path in (string[])["/api/nope", "/api/events/", "/api", "/api/", "/api/state", "/api/state/entities/", "/api/ws/", "/health/live/", "/health"]
            select Refused(path, RawRequest.Get(path), 404, "not_found"),
            Refused("POST /api/events/", RawRequest.Post("/api/events/", Good.With()), 404, "not_found"),
            from path in (string[])["/API/events?entity=acme/e1", "/api//events?entity=acme/e1"]
            select Check(path, async run =>
            {
                var answer = await run.SendAsync(RawRequest.Get(path));
                if (answer.Status == 200)
                {
                    Assert.Equal(JsonValueKind.Array, answer.Json.ValueKind);
                    return;
                }

                RowRun.CheckRefusal(answer, [(404, "not_found")]);
            }) with { LeavesNothing = true },
        },
        new("U04", "markup as value, property name, source")
        {
            from text in (string[])["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "javascript:alert(1)", "</script>", "{{7*7}}", "<!--", "'-alert(1)-'"]
            from variant in (Variant[])
            [
                KeepsProperty($"{text} as both", JsonSerializer.Serialize(text), JsonSerializer.Serialize(text)),
                Check($"{text} as source", async run =>
                {
                    var id = run.NewId();
                    await run.PublishAsync(Good.With(source: JsonSerializer.Serialize(text), payload: $$$"""{"entity_id":"{{{id}}}","properties":{"n":1}}"""));
                    Assert.Equal(text, (await run.HistoryAsync(id))[0].GetProperty("source").GetString());
                }),
            ]
            select variant,
            InABrowser,
        },
        new("U05", "large and odd values")
        {
            KeepsValue("1 MB value", $"\"{new string('x', 1_000_000)}\""),
            KeepsValue("9007199254740993", "9007199254740993"),
            KeepsValue("-0", "-0"),
            InABrowser,
        },
        new("U06", "an API answer opened as a page; the console framed elsewhere")
        {
            from target in (string[])["/api/state/entities?prefix=nobody", "/api/state/entities/nobody", "/api/events", "/nowhere"]
            select Check(target, async run =>
            {
                var answer = await run.SendAsync(RawRequest.Get(target, "Accept: text/html"));
                Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
                Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
            }),
            from target in (string[])["/", "/entity?id=%3Cscript%3E", "/_framework/blazor.server.js", "/_content/MudBlazor/MudBlazor.min.css"]
            select Check(target, async run =>
            {
                var answer = await run.SendAsync(RawRequest.Get(target));
                Assert.Equal(200, answer.Status);
                Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
                Assert.Null(answer.Header("Access-Control-Allow-Origin"));
                var policy = answer.Header("Content-Security-Policy")!.Split("; ");
                Assert.Subset(policy.ToHashSet(), new HashSet<string> { "default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'" });
                Assert.DoesNotContain("<script>", answer.Text, StringComparison.Ordinal);
            }) with { LeavesNothing = true },
        },
        new("U07", "CSV export of formulas")
        {
            from text in (string[])["=cmd()", "@x", "+1+cmd|' /C calc'!A0", "-2+3", "\t=1", "\r=1", "=\"a\",\"b\"", "=1;=2"]
            from target in (string[])["/api/series?property=f&format=csv&entity=", "/api/events?limit=5&format=csv&entity="]
            select Check($"{text.Trim()} by {target}", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.With(source: JsonSerializer.Serialize(text), payload: $$$"""{"entity_id":"{{{id}}}","properties":{"f":{{{JsonSerializer.Serialize(text)}}}}}"""));
                var answer = await run.SendAsync(RawRequest.Get(target + Uri.EscapeDataString(id)));
                Assert.Equal(200, answer.Status);
                Assert.StartsWith("text/csv", answer.Header("Content-Type"), StringComparison.Ordinal);
                Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
                var cells = Csv.Cells(answer.Text);
                Assert.Contains("'" + text, cells);
                Assert.DoesNotContain(cells, cell => cell.Length > 0 && "=+-@\t\r\n".Contains(cell[0], StringComparison.Ordinal));
            }),
        },
        new("U08", "terminal control characters")
        {
            Check("in the server's log", async run =>
            {
                await run.PublishAsync(Good.With(
                    source: "\"\\u001b[2Jsource\\u0007\\r\"", payload: """{"entity_id":"acme/\u001b[31mred\r\nfail: forged","properties":{"\u001b]0;title\u0007":"\u001b[2J"}}"""));
                await run.SendAsync(RawRequest.Publish(Good.With(stream: "\"\\u001b[2J\\r\\nfail: forged\"")));
                await run.SendAsync(RawRequest.Get("/nowhere%1b%5b2J%0d%0afail:%20forged"));
                Assert.DoesNotContain(run.Server.Output, line => line.Contains('\u001b', StringComparison.Ordinal) || line.StartsWith("fail: forged", StringComparison.Ordinal));
            }),
            new NotYet(NotYet.CommandLine, "in flux tail"),
        },
        new("U09", "error page for a path with markup")
        {
            from path in (string[])["/%3Cscript%3Ealert(1)%3C/script%3E", "/api/state/entities/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/<script>alert(1)</script>"]
            select Check(path, async run =>
            {
                var answer = await run.SendAsync(RawRequest.Get(path));
                RowRun.CheckRefusal(answer, [(404, "not_found"), (400, null)]);
                Assert.DoesNotContain("<script>", answer.Text, StringComparison.Ordinal);
            }) with { LeavesNothing = true },
        },
    ];
}
