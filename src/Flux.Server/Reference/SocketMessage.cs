using System.Text.Json.Nodes;

namespace Flux.Server.Reference;

/// <summary>A message of a WebSocket, as the reference shows it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Summary">What it means, in Markdown.</param>
/// <param name="Members">
/// The members besides <c>type</c>: names of the channel's schemas, those with a <c>?</c> behind them may be left out. <c>from:place</c> is a member <c>from</c> with the schema <c>place</c>.
/// </param>
internal sealed record SocketMessage(string Type, string Summary, string Members)
{
    /// <summary>Gets the types of the messages that answer it; none for a message that is not answered.</summary>
    public string[] Answers { get; init; } = [];

    /// <summary>Gets messages in JSON that work, and that a test sends in the order in which they stand here; of the server, such as it sends.</summary>
    public string[] Examples { get; init; } = [];

    /// <summary>Gives its JSON Schema.</summary>
    public JsonObject ToSchema()
    {
        var properties = new JsonObject { ["type"] = new JsonObject { ["const"] = Type } };
        var required = new JsonArray("type");
        foreach (var member in Members.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = member.TrimEnd('?').Split(':');
            properties[words[0]] = JsonNode.Parse(ApiSchema.Of(words[^1]));
            if (!member.EndsWith('?'))
            {
                required.Add(words[0]);
            }
        }

        return new JsonObject { ["type"] = "object", ["required"] = required, ["properties"] = properties };
    }
}
