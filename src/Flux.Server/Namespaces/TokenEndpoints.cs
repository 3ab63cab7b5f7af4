using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;

namespace Flux.Server.Namespaces;

/// <summary>The tokens of a namespace, under /api/namespaces/{name}/tokens: list, issue, rotate, revoke. For the operator and the namespace's admins.</summary>
internal sealed class TokenEndpoints(
    ManagementAccess access, NamespaceDirectory directory, SystemRecords records, IGrainFactory grains, TimeProvider time)
{
    // What a page shows in one line.
    private const int MaxLabel = 100;

    // The old token is for those who have not heard of the new one yet; who has not in a month does not listen.
    private const long LongestGraceSeconds = 30 * 24 * 60 * 60;
    private const long DefaultGraceSeconds = 60 * 60;

    // Ten years. What is to work longer is not to expire.
    private const long LongestLifetimeSeconds = 10 * 365 * 24 * 60 * 60L;

    public async Task ListAsync(HttpContext context)
    {
        var name = ManagementAccess.NameIn(context);
        await access.RequireManagerAsync(context.Request, name);
        await records.RefreshAsync(SystemEntity.OfNamespace(name), context.RequestAborted); // changed a moment ago through another silo?
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "["u8);
        foreach (var token in (directory.Find(name)?.Tokens ?? []).OrderBy(token => token.CreatedAt).ThenBy(token => token.Id, StringComparer.Ordinal))
        {
            JsonAnswer.Write(json, json.WrittenCount == 1 ? default : ","u8);
            NamespaceAnswers.Write(json, token);
        }

        JsonAnswer.Write(json, "]"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task IssueAsync(HttpContext context)
    {
        var name = ManagementAccess.NameIn(context);
        var request = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, body => ReadRequest(body, name));
        var actor = await access.RequireManagerAsync(context.Request, name);
        await AnswerAsync(context, name, await grains.GetGrain<INamespaceGrain>(name).IssueTokenAsync(actor, request));
    }

    public async Task RotateAsync(HttpContext context)
    {
        var name = ManagementAccess.NameIn(context);
        var grace = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, ReadGrace);
        var actor = await access.RequireManagerAsync(context.Request, name);
        await AnswerAsync(context, name, await grains.GetGrain<INamespaceGrain>(name).RotateTokenAsync(actor, ReadId(context), grace));
    }

    public async Task RevokeAsync(HttpContext context)
    {
        var name = ManagementAccess.NameIn(context);
        var actor = await access.RequireManagerAsync(context.Request, name);
        await access.SettleAsync(name, await grains.GetGrain<INamespaceGrain>(name).RevokeTokenAsync(actor, ReadId(context)));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string ReadId(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static TimeSpan ReadGrace(JsonElement body) =>
        TimeSpan.FromSeconds(JsonMembers.Of(body).Number("graceSeconds", 0, LongestGraceSeconds) ?? DefaultGraceSeconds);

    private static TokenRequest ReadRequest(JsonElement body, string ns)
    {
        var members = JsonMembers.Of(body);
        var word = members.Text("scope") ?? throw JsonMembers.Missing("scope: is required: read, write or admin");
        if (!TokenScopeWords.TryParse(word, out var scope))
        {
            throw JsonMembers.Invalid("scope: must be read, write or admin");
        }

        var lifetime = members.Number("expiresInSeconds", 1, LongestLifetimeSeconds);
        return new TokenRequest(
            scope, ReadLabel(members), ReadPrefix(members, ns, scope), lifetime is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    private static string ReadLabel(JsonMembers members) => members.Text("label") switch
    {
        null => string.Empty,
        { Length: > MaxLabel } => throw JsonMembers.Invalid($"label: must have at most {MaxLabel} characters"),
        var label when label.Any(char.IsControl) => throw JsonMembers.Invalid("label: must not hold control characters"),
        var label => label,
    };

    private static string? ReadPrefix(JsonMembers members, string ns, TokenScope scope)
    {
        if (members.Text("entityPrefix") is not { } prefix)
        {
            return null;
        }

        if (!prefix.StartsWith($"{ns}/", StringComparison.Ordinal) || !EntityKey.TryParse(prefix, out _))
        {
            throw JsonMembers.Invalid($"entityPrefix: must start with the namespace and a slash, and have at most {EntityKey.MaxBytes} bytes");
        }

        // Its holder could issue a token without one.
        return scope == TokenScope.Admin ? throw JsonMembers.Invalid("entityPrefix: a token of scope admin opens all of its namespace") : prefix;
    }

    private async Task AnswerAsync(HttpContext context, string name, NamespaceOutcome outcome)
    {
        var done = await access.SettleAsync(name, outcome);
        var json = JsonAnswer.Rent();
        NamespaceAnswers.Write(json, done.Record.FindToken(done.TokenId!)!, done.Token);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }
}
