namespace Flux.Dashboard.Publish;

/// <summary>
/// The same request in several languages, each a program that works as it stands. A token comes from the environment: none is written out.
/// </summary>
internal static class CodeSamples
{
    private const string CSharpToken =
        "http.DefaultRequestHeaders.Authorization = new(\"Bearer\", Environment.GetEnvironmentVariable(\"FLUX_TOKEN\"));\n";

    /// <summary>Writes them.</summary>
    /// <param name="address">Where events go.</param>
    /// <param name="json">The event.</param>
    /// <param name="hasToken">Whether a token is needed.</param>
    public static IReadOnlyList<(string Language, string Code)> Of(string address, string json, bool hasToken) =>
    [
        ("curl", Curl(address, json, hasToken)),
        ("JavaScript", JavaScript(address, json, hasToken)),
        ("Python", Python(address, json, hasToken)),
        ("C#", CSharp(address, json, hasToken)),
    ];

    private static string Curl(string address, string json, bool hasToken) =>
        $"curl {address}{(hasToken ? " -H \"Authorization: Bearer $FLUX_TOKEN\"" : "")} --data '{json.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string JavaScript(string address, string json, bool hasToken) =>
        $$"""
        const answer = await fetch({{Quoted(address)}}, {
          method: 'POST',
          headers: { 'content-type': 'application/json'{{(hasToken ? ", authorization: `Bearer ${process.env.FLUX_TOKEN}`" : "")}} },
          body: {{Quoted(json)}},
        });
        console.log(await answer.text());
        """;

    private static string Python(string address, string json, bool hasToken) =>
        $$"""
        {{(hasToken ? "import os\n" : "")}}import urllib.request

        request = urllib.request.Request(
            {{Quoted(address)}},
            data={{Quoted(json)}}.encode(),
            headers={"Content-Type": "application/json"{{(hasToken ? ", \"Authorization\": \"Bearer \" + os.environ[\"FLUX_TOKEN\"]" : "")}}},
        )
        print(urllib.request.urlopen(request).read().decode())
        """;

    private static string CSharp(string address, string json, bool hasToken) =>
        $$"""
        using System.Net.Http.Headers;

        using var http = new HttpClient();
        {{(hasToken ? CSharpToken : "")}}var body = new StringContent({{Quoted(json)}}, new MediaTypeHeaderValue("application/json"));
        var answer = await http.PostAsync({{Quoted(address)}}, body);
        Console.WriteLine(await answer.Content.ReadAsStringAsync());
        """;

    // A literal of all three languages. JSON has no line ends inside of texts, and those between its members became blanks.
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
