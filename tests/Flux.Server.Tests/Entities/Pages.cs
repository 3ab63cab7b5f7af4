using System.Text.Json;
using System.Text.RegularExpressions;

namespace Flux.Server.Tests.Entities;

/// <summary>Goes from page to page as clients do: by the header, whatever it says.</summary>
internal static partial class Pages
{
    /// <summary>Reads all pages, the first from a path.</summary>
    public static async Task<List<List<JsonElement>>> ReadPagesAsync(this ServerFixture server, string target, params string[] headers)
    {
        var pages = new List<List<JsonElement>>();
        for (string? next = target; next is not null;)
        {
            var answer = await server.GetAsync(next, headers);
            Assert.True(answer.Status == 200, $"{next}: {answer}");
            pages.Add([.. answer.Json.EnumerateArray()]);
            Assert.True(pages.Count < 10_000, $"{target} does not come to an end");
            next = answer.Next();
        }

        return pages;
    }

    /// <summary>Gets the way to the next page; null when there is none.</summary>
    public static string? Next(this RawAnswer answer)
    {
        if (answer.Header("Link") is not { } link)
        {
            return null;
        }

        Assert.Contains("Link", answer.Header("Access-Control-Expose-Headers")?.Split(',') ?? []);
        return Assert.Single(Form().Matches(link)).Groups["target"].Value;
    }

    [GeneratedRegex("^<(?<target>/[!-;=?-~]*)>; rel=\"next\"$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
