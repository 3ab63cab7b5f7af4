using System.Security.Cryptography;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>The only writer of one namespace's record.</summary>
internal sealed class NamespaceGrain : Grain, INamespaceGrain
{
    // What fits an answer and a page; far beyond what people hand out.
    private const int MaxTokens = 100;

    // Of those that work no longer. Without a bound, who issues and revokes in a loop would fill the memory of every silo.
    private const int MaxEndedTokens = 100;

    // A token that was forgotten leaves its name behind, and each silo has all of the record in memory.
    private const int MaxProperties = 10_000;

    private const string IdDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

    // How long a token that has ended is remembered, to say so to who still uses it.
    private static readonly TimeSpan EndedTokenMemory = TimeSpan.FromDays(90);

    private readonly TimeProvider _time;
    private readonly SystemRecord _record;

    public NamespaceGrain(ILogWriter log, IReadModel readModel, EventIds ids, TimeProvider time)
    {
        _time = time;
        _record = new SystemRecord(SystemEntity.OfNamespace(Name), log, readModel, ids, time);
    }

    private string Name => this.GetPrimaryKeyString();

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public Task<NamespaceOutcome> RegisterAsync(string actor) => DecideAsync(actor, "registered", former =>
    {
        if (former is { IsRegistered: true } or { IsReserved: true })
        {
            return Decision.Refuse(NamespaceOutcome.NameTaken.Instance);
        }

        var (token, text) = MakeToken(new TokenRequest(TokenScope.Admin, "first", EntityPrefix: null, Lifetime: null));
        var id = $"ns_{RandomNumberGenerator.GetString(IdDigits, 8)}";
        return new Decision(Refusal: null, NamespaceChange.Register(id, Now, former, token), token.Id, text);
    });

    public Task<NamespaceOutcome> DeleteAsync(string actor) =>
        DecideOnRegisteredAsync(actor, "deleted", _ => Decision.Do(new NamespaceChange { State = NamespaceState.Deleted }));

    public Task<NamespaceOutcome> ChangeAsync(string actor, string action, NamespaceChange change) =>
        DecideOnRegisteredAsync(actor, action, record => Decision.Do(change with
        {
            State = change.State == record.State ? null : change.State,
            IsPrivate = change.IsPrivate == record.IsPrivate ? null : change.IsPrivate,
            Limits = change.Limits == record.Limits ? null : change.Limits,
        }));

    public Task<NamespaceOutcome> IssueTokenAsync(string actor, TokenRequest request) =>
        DecideOnRegisteredAsync(actor, "token.issued", record =>
        {
            if (record.Tokens.Count(IsWorking) >= MaxTokens)
            {
                return Decision.Refuse(NamespaceOutcome.TooManyTokens.Instance);
            }

            var (token, text) = MakeToken(request);
            return Decision.Do(new NamespaceChange { Tokens = [token], ForgottenTokens = FindForgotten(record) }, token.Id, text);
        });

    public Task<NamespaceOutcome> RotateTokenAsync(string actor, string tokenId, TimeSpan grace) =>
        DecideOnRegisteredAsync(actor, "token.rotated", record =>
        {
            if (record.FindToken(tokenId) is not { } old || !IsWorking(old))
            {
                return Decision.Refuse(NamespaceOutcome.TokenNotFound.Instance);
            }

            if (grace > TimeSpan.Zero && record.Tokens.Count(IsWorking) >= MaxTokens)
            {
                return Decision.Refuse(NamespaceOutcome.TooManyTokens.Instance); // for a time both would work
            }

            var (made, text) = MakeToken(new TokenRequest(old.Scope, old.Label, old.EntityPrefix, Lifetime: null));
            var next = made with { ExpiresAt = old.ExpiresAt };
            var end = Now + (long)grace.TotalMilliseconds;
            var ending = old with { ExpiresAt = Math.Min(end, old.ExpiresAt ?? end), ReplacedBy = next.Id };
            return Decision.Do(new NamespaceChange { Tokens = [next, ending], ForgottenTokens = FindForgotten(record) }, next.Id, text);
        });

    public Task<NamespaceOutcome> RevokeTokenAsync(string actor, string tokenId) =>
        DecideOnRegisteredAsync(actor, "token.revoked", record => record.FindToken(tokenId) switch
        {
            null => Decision.Refuse(NamespaceOutcome.TokenNotFound.Instance),
            { RevokedAt: not null } => Decision.Do(new NamespaceChange()),
            var token => Decision.Do(new NamespaceChange { Tokens = [token with { RevokedAt = Now }] }),
        });

    public Task<NamespaceOutcome> NoteUseAsync(string tokenId, int day) =>
        DecideOnRegisteredAsync(tokenId, "token.used", record => record.FindToken(tokenId) switch
        {
            null => Decision.Refuse(NamespaceOutcome.TokenNotFound.Instance),
            var token when token.IsNewsOn(day) => Decision.Do(new NamespaceChange { Tokens = [token with { LastUsedDay = day }] }),
            _ => Decision.Do(new NamespaceChange()),
        });

    private Task<NamespaceOutcome> DecideOnRegisteredAsync(string actor, string action, Func<NamespaceRecord, Decision> decide) =>
        DecideAsync(actor, action, record => record is { IsRegistered: true } ? decide(record) : Decision.Refuse(NamespaceOutcome.NotFound.Instance));

    private async Task<NamespaceOutcome> DecideAsync(string actor, string action, Func<NamespaceRecord?, Decision> decide)
    {
        var decision = Decision.Refuse(NamespaceOutcome.NotFound.Instance);
        var state = await _record.ChangeAsync($"flux.namespaces.{action}", actor, state =>
        {
            decision = decide(NamespaceRecord.Read(Name, state.Properties, state.Version)); // anew when another activation was faster
            if (decision.TokenId is not null && state.Properties.Count >= MaxProperties)
            {
                decision = Decision.Refuse(NamespaceOutcome.TooManyTokens.Instance);
            }

            return decision.Properties;
        });
        return decision.Refusal
            ?? new NamespaceOutcome.Done(NamespaceRecord.Read(Name, state.Properties, state.Version)!, decision.TokenId, decision.Token);
    }

    private (TokenRecord Token, string Text) MakeToken(TokenRequest request)
    {
        var text = AccessToken.Create(request.Scope);
        var now = Now;
        return (new TokenRecord
        {
            Id = $"tok_{RandomNumberGenerator.GetString(IdDigits, 8)}",
            Hash = TokenHash.Of(text).ToString(),
            Scope = request.Scope,
            Label = request.Label,
            EntityPrefix = request.EntityPrefix,
            CreatedAt = now,
            ExpiresAt = request.Lifetime is { } lifetime ? now + (long)lifetime.TotalMilliseconds : null,
        }, text);
    }

    private bool IsWorking(TokenRecord token) => token.IsValidAt(Timestamp.From(_time.GetUtcNow()));

    private string[] FindForgotten(NamespaceRecord record)
    {
        var earliest = Now - (long)EndedTokenMemory.TotalMilliseconds;
        return [.. record.Tokens
            .Where(token => !IsWorking(token))
            .OrderByDescending(EndOf)
            .Where((token, i) => i >= MaxEndedTokens || EndOf(token) < earliest)
            .Select(token => token.Id)];

        static long? EndOf(TokenRecord token) => token.RevokedAt ?? token.ExpiresAt;
    }

    /// <summary>What is to happen: a refusal, or the properties to set, with the token that was made.</summary>
    private sealed record Decision(NamespaceOutcome? Refusal, List<KeyValuePair<string, byte[]>>? Properties, string? TokenId, string? Token)
    {
        public static Decision Refuse(NamespaceOutcome refusal) => new(refusal, Properties: null, TokenId: null, Token: null);

        public static Decision Do(NamespaceChange change, string? tokenId = null, string? token = null) =>
            new(Refusal: null, change.ToProperties(), tokenId, token);
    }
}
