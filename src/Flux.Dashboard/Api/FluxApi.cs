using System.Text.Json.Nodes;

namespace Flux.Dashboard.Api;

/// <summary>The questions that the console asks, under the token of the person who looks.</summary>
internal sealed class FluxApi(ApiConnection connection, Session session)
{
    private const int MostReads = 10;

    /// <summary>Reads a page of the world. One that is empty because of a condition is passed over, a number of times.</summary>
    /// <param name="target">Path and query: of the first page, or what an earlier page named as the next.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<(IReadOnlyList<EntityView> Entities, string? Next)> ReadPageAsync(string target, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(target, cancellationToken);
        for (var reads = 1; answer is { Next: { } next } && answer.Json.GetArrayLength() == 0 && reads < MostReads; reads++)
        {
            answer = await GetAsync(next, cancellationToken);
        }

        return ([.. answer.Json.EnumerateArray().Select(EntityView.Of)], answer.Next);
    }

    /// <summary>Reads the texts, up to the next slash, with which the ids behind a prefix begin.</summary>
    /// <param name="target">Path and query, as for pages.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<(IReadOnlyList<string> Prefixes, string? Next)> ReadPrefixesAsync(string target, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(target, cancellationToken);
        return ([.. answer.Json.EnumerateArray().Select(prefix => prefix.GetString()!)], answer.Next);
    }

    /// <summary>Asks for something.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ApiAnswer> GetAsync(string target, CancellationToken cancellationToken) =>
        connection.SendAsync(HttpMethod.Get, target, body: null, session.Token, cancellationToken);

    /// <summary>Publishes an event.</summary>
    /// <param name="json">The event.</param>
    /// <param name="cancellationToken">Stops waiting; the event may be recorded.</param>
    public Task<ApiAnswer> PublishAsync(string json, CancellationToken cancellationToken) =>
        connection.SendAsync(HttpMethod.Post, "/api/events", json, session.Token, cancellationToken);

    /// <summary>Asks for a change.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="body">What is to change; null for no body.</param>
    /// <param name="cancellationToken">Stops waiting; the change may have been made.</param>
    public Task<ApiAnswer> ChangeAsync(HttpMethod method, string target, JsonObject? body, CancellationToken cancellationToken) =>
        connection.SendAsync(method, target, body?.ToJsonString(), session.Token, cancellationToken);

    /// <summary>Writes a target.</summary>
    /// <param name="path">The path.</param>
    /// <param name="parameters">The parameters; those that are null or empty are left out.</param>
    public static string Target(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (value is { Length: > 0 })
            {
                path = $"{path}{separator}{name}={Uri.EscapeDataString(value)}";
                separator = '&';
            }
        }

        return path;
    }
}
