using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flux.Dashboard.Hosting;

namespace Flux.Server.Reference;

/// <summary>Makes the OpenAPI document: its paths and methods are those of the routes that the server maps, what it says of them is their description.</summary>
internal static partial class OpenApiDocument
{
    private const string Introduction =
        """
        Events in, live entity state, every change pushed. All answers are compact JSON in UTF-8 and may be read from any origin. `HEAD` works where `GET` does.

        A refusal is `{"error":"what is wrong and where","code":"…"}`: the text is for people, programs branch on `code`. Unknown members and parameters are
        ignored; a parameter that is there twice is 400 `invalid_parameter`. Every 503 and 429 has `Retry-After`.

        The WebSocket is described in the [AsyncAPI document](/asyncapi.json).
        """;

    // One shape for all: clients read the text, the code, and what a code brings with it.
    private const string ErrorSchema =
        """
        {"type":"object","required":["error","code"],"properties":{
          "error":{"type":"string","description":"What is wrong and where, for a person."},
          "code":{"type":"string","description":"What programs branch on."},
          "version":{"type":"integer","description":"Of the entity, where a condition failed."},
          "current":{"type":["object","null"],"description":"The entity as a read would show it, without its `id`, where a condition failed; `null` when there is none."},
          "claim":{"type":["object","null"],"description":"Who holds the claim; `null` for nobody."},
          "first":{"type":"integer","description":"The first position that is kept, where a cursor is unknown."},
          "position":{"type":"integer","description":"The head's, where a cursor is unknown."},
          "cursor":{"type":"string","description":"The head's, where a cursor is unknown."}}}
        """;

    private const string SecuritySchemes =
        """
        {"namespaceToken":{"type":"http","scheme":"bearer","description":"A token of the namespace. Needed when `FLUX_AUTH_ENABLED` is true."},
         "adminToken":{"type":"http","scheme":"bearer","description":"The operator's token, `FLUX_ADMIN_TOKEN`."}}
        """;

    /// <summary>Writes the document.</summary>
    /// <param name="endpoints">All that the server maps, the console's too.</param>
    /// <param name="version">The version of the server.</param>
    public static byte[] Write(IEnumerable<Endpoint> endpoints, string version)
    {
        var (paths, areas, written) = (new JsonObject(), new List<ApiArea>(), new HashSet<ApiOperation>(ReferenceEqualityComparer.Instance));
        foreach (var route in endpoints.OfType<RouteEndpoint>())
        {
            var path = CatchAll().Replace("/" + route.RoutePattern.RawText?.TrimStart('/'), "{");
            var operation = route.Metadata.GetMetadata<ApiOperation>();
            if (DashboardSetup.Owns(path) || (operation is not null && !written.Add(operation)))
            {
                continue; // the console's is no API; what is described already is another way to the same
            }

            if (operation is not null && !areas.Contains(operation.Area))
            {
                areas.Add(operation.Area);
            }

            var methods = paths[path] as JsonObject ?? [];
            paths[path] ??= methods;
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(method => !HttpMethods.IsHead(method)) ?? [])
            {
                methods[method.ToLowerInvariant()] = operation is null ? new JsonObject() : Describe(operation);
            }
        }

        var schemas = new JsonObject { ["Error"] = JsonNode.Parse(ErrorSchema) };
        foreach (var area in areas)
        {
            foreach (var (name, schema) in JsonNode.Parse(area.Schemas)!.AsObject())
            {
                schemas.Add(name, schema?.DeepClone());
            }
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "Flux", ["version"] = version, ["description"] = Introduction },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. areas.Select(area => new JsonObject { ["name"] = area.Name, ["description"] = area.Description })]),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas, ["securitySchemes"] = JsonNode.Parse(SecuritySchemes) },
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, ReferenceJson.Options);
    }

    private static JsonObject Describe(ApiOperation operation)
    {
        var described = new JsonObject
        {
            ["tags"] = new JsonArray(operation.Area.Name),
            ["operationId"] = operation.Id,
            ["summary"] = operation.Summary,
            ["description"] = operation.Description,
            ["security"] = Security(operation.Caller),
            ["parameters"] = new JsonArray([.. operation.Parameters.Select(parameter => Describe(parameter, operation.Examples))]),
            ["responses"] = Answers(operation),
            ["x-examples"] = new JsonArray([.. operation.Examples.Select(Describe)]),
        };
        if (operation.Body is { } body)
        {
            var examples = new JsonObject();
            foreach (var example in operation.Examples.Where(example => example.Body is not null))
            {
                examples[example.Summary] = new JsonObject { ["summary"] = example.Summary, ["value"] = JsonNode.Parse(example.Body!) };
            }

            described["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = JsonNode.Parse(body), ["examples"] = examples } },
            };
        }

        return described;
    }

    private static JsonArray Security(ApiCaller caller)
    {
        return caller switch
        {
            ApiCaller.Reader or ApiCaller.Writer => [new JsonObject(), Of("namespaceToken")],
            ApiCaller.Manager => [Of("namespaceToken"), Of("adminToken")],
            ApiCaller.Operator => [Of("adminToken")],
            _ => [],
        };

        static JsonObject Of(string scheme) => new() { [scheme] = new JsonArray() };
    }

    private static JsonObject Describe(ApiParameter parameter, IReadOnlyList<ApiExample> examples)
    {
        var described = new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["required"] = parameter.IsRequired,
            ["description"] = parameter.Description,
            ["schema"] = JsonNode.Parse(parameter.Schema),
        };
        if (parameter.In == "query" && examples.Select(example => ValueIn(example.Target, parameter.Name)).FirstOrDefault(value => value is not null) is { } value)
        {
            described["example"] = value;
        }

        return described;
    }

    private static string? ValueIn(string target, string name) =>
        target.Split('?') is [_, var query]
            ? query.Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair[0] == name).Select(pair => Uri.UnescapeDataString(pair[1])).FirstOrDefault()
            : null;

    private static JsonObject Describe(ApiExample example)
    {
        var described = new JsonObject { ["summary"] = example.Summary, ["target"] = example.Target, ["status"] = example.Status };
        if (example.Body is { } body)
        {
            described["body"] = JsonNode.Parse(body);
        }

        return described;
    }

    private static JsonObject Answers(ApiOperation operation)
    {
        var answers = new JsonObject();
        foreach (var same in operation.Answers.GroupBy(answer => answer.Status))
        {
            var (content, head) = (new JsonObject(), new JsonObject());
            foreach (var answer in same)
            {
                if (answer.Schema is { } schema)
                {
                    content[answer.ContentType] = new JsonObject { ["schema"] = JsonNode.Parse(schema) };
                }

                foreach (var (name, description) in answer.Head)
                {
                    head[name] = new JsonObject { ["description"] = description, ["schema"] = new JsonObject { ["type"] = "string" } };
                }
            }

            answers[Show(same.Key)] = new JsonObject { ["description"] = same.First().Description, ["headers"] = head, ["content"] = content };
        }

        foreach (var same in operation.Refusals.Concat(ApiRefusal.Always).GroupBy(refusal => refusal.Status).OrderBy(group => group.Key))
        {
            string[] codes = [.. same.Select(refusal => refusal.Code).Distinct()];
            answers[Show(same.Key)] = new JsonObject
            {
                ["description"] = string.Join(", ", codes.Select(code => $"`{code}`")),
                ["content"] = new JsonObject
                {
                    ["application/json"] = new JsonObject
                    {
                        ["schema"] = new JsonObject
                        {
                            ["$ref"] = ApiSchema.Place + "Error",
                            ["properties"] = new JsonObject { ["code"] = new JsonObject { ["enum"] = new JsonArray([.. codes.Select(code => JsonValue.Create(code))]) } },
                        },
                    },
                },
            };
        }

        return answers;
    }

    private static string Show(int status) => status.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{\*+")]
    private static partial Regex CatchAll();
}
