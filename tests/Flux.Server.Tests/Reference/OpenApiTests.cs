using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flux.Server.Tests.Reference;

/// <summary>/openapi.json says what the server does: no more, no less, and its examples work.</summary>
public sealed partial class OpenApiTests(ReferenceServer server) : IClassFixture<ReferenceServer>
{
    private const string DeleteMany = "/api/state/entities/delete";
    private const string Entity = "/api/state/entities/{id}"; // any text, none and "delete" too
    private const string Entities = "/api/state/entities";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];

    [Fact]
    public async Task Every_route_is_described()
    {
        var operations = Operations(await server.ReadAsync("/openapi.json"));

        Assert.All(operations, operation =>
        {
            Assert.False(string.IsNullOrEmpty((string?)operation.Described["summary"]), $"{operation.Method} {operation.Path} is not described: Describe() says what a route does");
            Assert.NotEmpty(operation.Described["x-examples"]!.AsArray());
            Assert.NotNull(operation.Described["responses"]);
        });
        Assert.Equal(operations.Count, operations.Select(operation => (string?)operation.Described["operationId"]).Distinct().Count());
        Assert.Contains(operations, operation => operation is { Method: "POST", Path: "/api/events" });
        Assert.Contains(operations, operation => operation is { Method: "GET", Path: "/api/stream" });
        Assert.DoesNotContain(operations, operation => operation.Path.StartsWith("/_", StringComparison.Ordinal) || operation.Path == "/");
    }

    [Fact]
    public async Task A_path_has_the_methods_that_the_document_says_and_no_others()
    {
        var operations = Operations(await server.ReadAsync("/openapi.json"));

        foreach (var path in operations.GroupBy(operation => operation.Path))
        {
            var answer = await server.SendAsync("PATCH", InBraces().Replace(path.Key, "x"), body: null, security: null);

            Assert.True(answer.Status == 405, $"{path.Key}: {answer}");
            var described = operations.Where(operation => operation.Path == path.Key || (path.Key is DeleteMany or Entities && operation.Path == Entity))
                .Select(operation => operation.Method).Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(
                (path.Key, string.Join(' ', described)),
                (path.Key, string.Join(' ', answer.Header("Allow")!.Split(", ").Intersect(Methods).Order(StringComparer.Ordinal))));
        }
    }

    [Fact]
    public async Task Every_example_works_and_is_answered_as_the_document_says()
    {
        var document = await server.ReadAsync("/openapi.json");
        var (failures, sent) = (new List<string>(), 0);
        var token = string.Empty; // its id, which the server gives out: the examples have another

        // What is deleted must be there first, and parts of it before the whole.
        foreach (var (method, path, described) in Operations(document).OrderBy(operation => IsDeletion(operation) ? -operation.Path.Length : int.MinValue))
        {
            foreach (var example in described["x-examples"]!.AsArray())
            {
                var target = ((string)example!["target"]!).Replace("tok_0a1b2c3d", token, StringComparison.Ordinal);
                var body = example["body"]?.ToJsonString();
                var answer = path == "/api/stream" && (int)example["status"]! == 200
                    ? await ReadStartAsync(target)
                    : await server.SendAsync(method, target, body, described["security"]);
                sent++;
                var wrong = WhyNot(document, described, example, body, answer);
                if (wrong is not null)
                {
                    failures.Add($"{method} {target} ({example["summary"]}): {wrong}: {answer}");
                }
                else if (answer.Header("Content-Type") is "application/json" && answer.Json is { ValueKind: JsonValueKind.Object } json)
                {
                    token = json.TryGetProperty("id", out var id) && id.GetString()!.StartsWith("tok_", StringComparison.Ordinal) ? id.GetString()! : token;
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(sent > 50, $"only {sent} examples were sent");
    }

    [Fact]
    public async Task An_answer_that_is_not_as_the_document_says_is_noticed()
    {
        var document = await server.ReadAsync("/openapi.json");
        var schema = JsonNode.Parse("""{"$ref":"#/components/schemas/Acknowledgement"}""")!;

        Assert.Null(document.WhyNot(schema, JsonElement.Parse("""{"eventId":"e","stream":"s","position":1}""")));
        Assert.NotNull(document.WhyNot(schema, JsonElement.Parse("""{"eventId":"e","stream":"s"}""")));
        Assert.NotNull(document.WhyNot(schema, JsonElement.Parse("""{"eventId":"e","stream":"s","position":"1"}""")));
        Assert.NotNull(document.WhyNot(schema, JsonElement.Parse("""{"eventId":"e","stream":"s","position":1,"more":true}""")));
    }

    private static bool IsDeletion((string Method, string Path, JsonNode Described) operation) => operation is { Method: "DELETE" } or { Path: DeleteMany };

    private static List<(string Method, string Path, JsonNode Described)> Operations(ApiDocument document) =>
        [.. from path in document.Root["paths"]!.AsObject() from method in path.Value!.AsObject() select (method.Key.ToUpperInvariant(), path.Key, method.Value!)];

    private static string? WhyNot(ApiDocument document, JsonNode described, JsonNode example, string? body, RawAnswer answer)
    {
        if (answer.Status != (int)example["status"]!)
        {
            return $"the status is not {example["status"]}";
        }

        if (body is not null && document.WhyNot(described["requestBody"]!["content"]!["application/json"]!["schema"]!, JsonElement.Parse(body)) is { } bad)
        {
            return $"the body of the example is not as the document says: {bad}";
        }

        if (described["responses"]![$"{answer.Status}"] is not { } response)
        {
            return "the status is not in the document";
        }

        var contents = response["content"]?.AsObject();
        if (contents is null or { Count: 0 })
        {
            return answer.Body.Length == 0 ? null : "the document says that there is no body";
        }

        var type = answer.Header("Content-Type")?.Split(';')[0] ?? string.Empty;
        return contents[type]?["schema"] is not { } schema ? $"the type {type} is not in the document"
            : type == "application/json" ? document.WhyNot(schema, answer.Json)
            : null;
    }

    // This answer does not end.
    private async Task<RawAnswer> ReadStartAsync(string target)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        using var answer = await http.GetAsync(target, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        string? line;
        do
        {
            line = await lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ServerFixture.Guard, TestContext.Current.CancellationToken);
        }
        while (line is not (null or "event: subscribed"));
        Assert.NotNull(line);
        return new RawAnswer((int)answer.StatusCode, string.Empty, [("Content-Type", answer.Content.Headers.ContentType!.ToString())], "an event stream"u8.ToArray());
    }

    [GeneratedRegex(@"\{[a-z]+\}")]
    private static partial Regex InBraces();
}
