using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Entities;

/// <summary>How ids go on behind a text.</summary>
public sealed class EntityPrefixTests(ServerFixture server, OwnedServer owned)
{
    private const string Path = "/api/state/prefixes";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Prefixes_are_the_beginnings_of_ids_up_to_the_next_slash(int limit)
    {
        var ns = Wire.NewNamespace();
        await WriteAsync([$"{ns}/", $"{ns}/a", $"{ns}/a/", $"{ns}/a/1", $"{ns}/a/2/x", $"{ns}/a0", $"{ns}/a.b/1", $"{ns}//x", $"{ns}/é/1", $"{ns}/😀/1", $"{ns}/\uFFFD/1", $"{ns}/z"]);

        var found = await ReadAsync($"{Path}?prefix={ns}%2F&limit={limit}");

        Assert.Equal([$"{ns}//", $"{ns}/a.b/", $"{ns}/a/", $"{ns}/é/", $"{ns}/\uFFFD/", $"{ns}/😀/"], found);
        Assert.Equal([$"{ns}/a/2/"], await ReadAsync($"{Path}?prefix={ns}/a/&limit={limit}"));
        Assert.Equal([$"{ns}/a.b/", $"{ns}/a/"], await ReadAsync($"{Path}?prefix={ns}/a&limit={limit}"));
        Assert.Equal([$"{ns}/"], await ReadAsync($"{Path}?prefix={ns}&limit={limit}"));
        Assert.Empty(await ReadAsync($"{Path}?prefix={ns}/z&limit={limit}"));
    }

    [Fact]
    public async Task Many_ids_in_one_prefix_are_passed_over_at_once_and_those_without_one_in_reads_of_many()
    {
        var ns = Wire.NewNamespace();
        await WriteAsync(Enumerable.Range(0, 1500).Select(i => $"{ns}/full/e{i}"));
        await WriteAsync(Enumerable.Range(0, 1500).Select(i => $"{ns}/leaf-{i}"));
        await WriteAsync([$"{ns}/zoo/e"]);

        Assert.Equal([$"{ns}/full/", $"{ns}/zoo/"], await ReadAsync($"{Path}?prefix={ns}/"));
    }

    [Fact]
    public async Task A_deleted_entity_is_no_beginning()
    {
        var ns = Wire.NewNamespace();
        await WriteAsync([$"{ns}/gone/e", $"{ns}/here/e"]);
        await server.SetAsync($"{ns}/gone/e", "{\"__deleted__\":true}");

        Assert.Equal([$"{ns}/here/"], await ReadAsync($"{Path}?prefix={ns}/"));
    }

    [Fact]
    public async Task Who_may_not_read_a_namespace_learns_no_beginning_of_it()
    {
        var (hidden, token) = await owned.RegisterPrivateAsync();
        foreach (var part in (string[])["secret-0", "secret-1", "secret-2"])
        {
            await owned.SetAsync($"{hidden}/{part}/e", token);
        }

        var (_, partToken) = await owned.IssueAsync(hidden, $$"""{"scope":"read","entityPrefix":"{{hidden}}/secret-1"}""");
        foreach (var (headers, expected) in ((string[], string[])[])
            [([], []), ([OwnedServer.As(partToken)], [$"{hidden}/secret-1/"]), ([OwnedServer.As(token)], [$"{hidden}/secret-0/", $"{hidden}/secret-1/", $"{hidden}/secret-2/"])])
        {
            foreach (var query in (string[])[$"prefix={hidden}/&limit=1", $"prefix={hidden}/", $"prefix={hidden}/secret-&limit=2"])
            {
                var found = new List<string>();
                for (string? next = $"{Path}?{query}"; next is not null;)
                {
                    var answer = await owned.Http.GetAsync(next, headers);
                    Assert.True(answer.Status == 200, $"{next}: {answer}");
                    found.AddRange(answer.Json.EnumerateArray().Select(prefix => prefix.GetString()!));
                    next = answer.Next();
                    Assert.True(next is null || expected.Length == 3 || !next.Contains("secret-2", StringComparison.Ordinal), next);
                }

                Assert.Equal(expected, found);
            }
        }

        var all = await owned.Http.GetAsync($"{Path}?limit=1000");
        Assert.DoesNotContain(all.Json.EnumerateArray(), prefix => prefix.GetString() is "$flux/");
    }

    [Theory]
    [InlineData("limit=x")]
    [InlineData("start=%00")]
    [InlineData("prefix=a&prefix=b")]
    public async Task What_cannot_be_asked_is_refused(string query)
    {
        var answer = await server.GetAsync($"{Path}?{query}");

        Wire.AssertRefused(answer, 400);
        Assert.Equal("invalid_parameter", answer.Code);
    }

    private async Task<List<string>> ReadAsync(string target) =>
        [.. (await server.ReadPagesAsync(target)).SelectMany(page => page).Select(prefix => prefix.GetString()!)];

    private async Task WriteAsync(IEnumerable<string> ids)
    {
        var events = ids.Select(id => Good.Event(id, "{\"n\":1}")).ToList();
        var answer = await server.PostAsync("/api/events/batch", $"[{string.Join(',', events)}]");
        Assert.True(answer.Status == 200, $"{answer}");
        Assert.Equal(events.Count, answer.Json.GetProperty("successful").GetInt32());
    }
}
