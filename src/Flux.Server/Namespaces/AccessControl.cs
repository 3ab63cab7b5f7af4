using System.Globalization;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Core.Subscriptions;
using Flux.Grains.Connections;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;
using Flux.Server.Limits;

namespace Flux.Server.Namespaces;

/// <summary>Says who may write what. Without authentication, everybody everything but Flux's own records. Source: wire-contract section 10.</summary>
/// <remarks>It decides on this silo's copy of the records; only a name that it does not know is looked up in the log.</remarks>
internal sealed class AccessControl(
    FluxSettings settings,
    NamespaceDirectory directory,
    SystemRecords records,
    GuessLimiter guesses,
    TokenUses uses,
    HeadWatch headWatch,
    TimeProvider time)
{
    private const string NoticeHeader = "Flux-Token-Notice";

    // A silo that has heard nothing of the log for so long does not know whom it may trust. Source: design, section 7.
    private static readonly TimeSpan LongestTrust = TimeSpan.FromSeconds(60);

    private static readonly Refusal Reserved = new(
        StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId, $"entity_id: ids that start with {SystemEntity.Prefix} are reserved");

    private static readonly Refusal NoEntity = new(
        StatusCodes.Status401Unauthorized, ErrorCodes.InvalidEntityId, "payload.entity_id is required to find the namespace");

    private static readonly Refusal ReadOnly = new(
        StatusCodes.Status403Forbidden, ErrorCodes.ReadOnlyToken, "the token is for reading only");

    /// <summary>The refusal of a token that works no longer.</summary>
    public static readonly Refusal Revoked = new(
        StatusCodes.Status403Forbidden, ErrorCodes.RevokedToken, "the token was revoked, replaced, or has expired");

    private static readonly Refusal Unknown = new(
        StatusCodes.Status403Forbidden, ErrorCodes.UnknownToken, "no namespace knows this token");

    private static readonly Refusal TooManyGuesses = new(
        StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, "too many requests with unknown tokens came from this address");

    // A request counts as one guess, however many events it brings.
    private static readonly object IsGuess = new();

    // Which namespaces a request has had looked up. It has one token, which belongs to one namespace; whoever names many does not know its own.
    private const int MaxLookUps = 8;
    private static readonly object LookedUp = new();

    private readonly TokenHash? _operator = settings.AdminToken is { Length: > 0 } token ? TokenHash.Of(token) : null;

    /// <summary>Gets a value indicating whether tokens are asked for.</summary>
    public bool IsEnabled => settings.IsAuthEnabled;

    /// <summary>Says why an event may not be published.</summary>
    /// <param name="request">The request that brings it.</param>
    /// <param name="entity">What it is about; null for an event without an entity.</param>
    /// <returns>The reason; null when it may.</returns>
    public ValueTask<Refusal?> WhyNotPublishAsync(HttpRequest request, EntityKey? entity)
    {
        if (!IsEnabled)
        {
            return new(entity is { } any && SystemEntity.Owns(any.Id) ? Reserved : null);
        }

        if (BearerToken.Read(request.Headers.Authorization, out var token) is { } unreadable)
        {
            return new(unreadable);
        }

        if (entity is not { } key)
        {
            return new(NoEntity);
        }

        if (!NamespaceName.CanOwn(key))
        {
            return new(NotOwnable(StatusCodes.Status401Unauthorized, key));
        }

        var isToken = AccessToken.TryHash(token, out var hash);
        if (Judge(request, key, isToken ? hash : null, out var refusal))
        {
            return new(refusal);
        }

        var isKnown = isToken && directory.FindToken(hash) is not null;
        if (!isKnown && guesses.IsOver(request.HttpContext.Connection.RemoteIpAddress))
        {
            return new(TooManyGuesses); // before anything is looked up
        }

        if (isToken)
        {
            return RefreshAndJudgeAsync(request, key, hash);
        }

        CountGuess(request);
        return new(refusal);
    }

    /// <summary>Says why an event that may be published is too large for its namespace.</summary>
    /// <param name="data">The event.</param>
    /// <returns>The reason; null when it fits, or the namespace has no such limit of its own.</returns>
    public Refusal? WhyTooLarge(EventData data) =>
        IsEnabled && data.Entity is { } key && directory.Find(key.Namespace)?.Limits.EventBytes is { } most && data.Payload.Json.Length > most
            ? new Refusal(StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"payload too large: namespace '{key.Namespace}' allows {most} bytes an event"))
            : null;

    /// <summary>Says why an entity may not be deleted.</summary>
    /// <param name="request">The request.</param>
    /// <param name="entity">The entity.</param>
    /// <returns>The reason; null when it may.</returns>
    public async ValueTask<Refusal?> WhyNotDeleteAsync(HttpRequest request, EntityKey entity)
    {
        if (!IsEnabled)
        {
            return SystemEntity.Owns(entity.Id) ? Reserved : null;
        }

        if (BearerToken.Read(request.Headers.Authorization, out _) is { } unreadable)
        {
            return unreadable;
        }

        if (!NamespaceName.CanOwn(entity))
        {
            // An id without a slash is no broken one; it has no namespace.
            var isWhole = entity.Id.Length > 0 && !entity.Id.Contains('/', StringComparison.Ordinal);
            return NotOwnable(isWhole ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest, entity);
        }

        // Deleting differs from publishing in this one answer: it does not tell an unregistered namespace from a wrong token.
        return await WhyNotPublishAsync(request, entity) is { } refusal
            ? refusal.Code is ErrorCodes.NamespaceNotFound or ErrorCodes.UnknownToken
                ? refusal with { Status = StatusCodes.Status403Forbidden, Message = "Token does not own namespace" }
                : refusal
            : null;
    }

    /// <summary>Finds out what a request may read. A token that is none, or does not work, opens nothing and is no error: reading is open.</summary>
    /// <param name="request">The request.</param>
    public ReadRights RightsOf(HttpRequest request)
    {
        TokenHash? hash = BearerToken.Read(request.Headers.Authorization, out var token) is null && AccessToken.TryHash(token, out var known) ? known : null;
        if (hash is { } given && directory.FindToken(given) is { } owner)
        {
            OnUsed(request, owner);
        }

        return new ReadRights(directory, IsEnabled ? hash : null, time);
    }

    /// <summary>Finds out what a token may read that a socket shows after it was opened.</summary>
    /// <param name="request">The request that opened it.</param>
    /// <param name="token">The token.</param>
    /// <param name="name">The namespace that it belongs to.</param>
    /// <exception cref="RequestRefusedException">It opens nothing.</exception>
    public ReadRights RightsOf(HttpRequest request, string token, out string name)
    {
        if (!IsEnabled)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "authentication is off: no token is asked for");
        }

        RequireKnowledge();
        if (!AccessToken.TryHash(token.AsSpan().Trim(), out var hash) || directory.FindToken(hash) is not { } owner)
        {
            RefuseGuesser(request);
            CountGuess(request);
            throw Unknown.ToException();
        }

        if (!owner.Namespace.IsRegistered || !owner.Token.IsValidAt(Timestamp.From(time.GetUtcNow())))
        {
            throw Revoked.ToException();
        }

        name = owner.Namespace.Name;
        if (owner.Namespace.State == NamespaceState.Banned)
        {
            throw Banned(name).ToException();
        }

        OnUsed(request, owner);
        return new ReadRights(directory, hash, time);
    }

    /// <summary>Requires that a client may see what it wants to subscribe to. Of what may not be seen nothing is sent to it anyway; this tells it so.</summary>
    /// <param name="rights">What it may read.</param>
    /// <param name="scope">What it wants.</param>
    /// <exception cref="RequestRefusedException">A namespace in it is private and none of its token's, or is banned.</exception>
    public void RequireReadable(ReadRights rights, Scope scope)
    {
        foreach (var start in scope.Ids.Concat(scope.Prefixes))
        {
            if (directory.FindHidden(start) is not { } hidden)
            {
                continue;
            }

            if (rights.Holds(hidden) is null)
            {
                throw new RequestRefusedException(StatusCodes.Status403Forbidden, ErrorCodes.WrongNamespace,
                    $"Token does not have permission to read namespace '{hidden.Name}'");
            }

            if (hidden.State == NamespaceState.Banned)
            {
                throw Banned(hidden.Name).ToException();
            }
        }
    }

    /// <summary>Says why a socket may not be opened: its token is one of a banned namespace. One that does not work is no reason: sockets are open.</summary>
    /// <param name="rights">What the token opens.</param>
    /// <returns>The reason; null when it may.</returns>
    public static Refusal? WhyNotConnect(ReadRights rights) =>
        rights.FindNamespace() is { State: NamespaceState.Banned } record && rights.Holds(record) is not null ? Banned(record.Name) : null;

    /// <summary>Finds out whether a request may read an entity, or what is in a namespace.</summary>
    /// <param name="request">The request.</param>
    /// <param name="entity">The entity, or the namespace with a slash behind it.</param>
    /// <returns>True when it may; false when there must seem to be nothing.</returns>
    /// <exception cref="RequestRefusedException">The namespace is banned, and the request carries one of its tokens.</exception>
    public async ValueTask<bool> MayReadAsync(HttpRequest request, EntityKey entity)
    {
        var rights = RightsOf(request);
        if (rights.CanRead(entity.Id))
        {
            return true;
        }

        if (rights.Token is { } hash && directory.FindToken(hash) is null)
        {
            RefuseGuesser(request);

            // Issued a moment ago through another silo?
            await records.RefreshAsync(SystemEntity.OfNamespace(entity.Namespace), request.HttpContext.RequestAborted);
            if (rights.CanRead(entity.Id))
            {
                return true;
            }

            if (directory.FindToken(hash) is null)
            {
                CountGuess(request);
            }
        }

        return directory.Find(entity.Namespace) is { State: NamespaceState.Banned } record && rights.Holds(record) is not null
            ? throw Banned(record.Name).ToException()
            : false;
    }

    /// <summary>Says whether a request comes from the operator: it carries the admin token, or none is set and authentication is off.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="RequestRefusedException">Its token is unknown, and too many such have come from its address.</exception>
    public bool IsOperator(HttpRequest request) => settings.AdminToken is null ? !IsEnabled : HasAdminToken(request);

    /// <summary>Says whether a request carries the admin token. An empty one lets nobody in.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="RequestRefusedException">Its token is unknown, and too many such have come from its address.</exception>
    public bool HasAdminToken(HttpRequest request)
    {
        if (_operator is not { } expected || BearerToken.Read(request.Headers.Authorization, out var token) is not null)
        {
            return false;
        }

        if (token.Length <= FluxSettings.MaxAdminToken && TokenHash.Of(token) == expected)
        {
            return true;
        }

        // The token of a namespace is no guess.
        if (!AccessToken.TryHash(token, out var hash) || directory.FindToken(hash) is null)
        {
            RefuseGuesser(request);
            CountGuess(request);
        }

        return false;
    }

    /// <summary>Requires that this silo knows of late who holds which right.</summary>
    /// <exception cref="EventLogUnavailableException">It has heard nothing of the log for too long.</exception>
    public void RequireKnowledge()
    {
        if (headWatch.Silence > LongestTrust)
        {
            throw new EventLogUnavailableException("this silo has not heard of the log for a minute and cannot tell whom to trust");
        }
    }

    /// <summary>Takes note that a token was shown. Who shows one that was rotated out is told in the answer's head until when it works.</summary>
    /// <param name="request">The request that carries it.</param>
    /// <param name="owner">The token and its namespace; one that does not work is not used.</param>
    public void OnUsed(HttpRequest request, TokenOwner owner)
    {
        var (now, token) = (time.GetUtcNow(), owner.Token);
        if (!owner.Namespace.IsRegistered || !token.IsValidAt(Timestamp.From(now)))
        {
            return;
        }

        uses.Note(owner, TokenRecord.DayOf(now));
        if (token is { ReplacedBy: { } next, ExpiresAt: { } end })
        {
            request.HttpContext.Response.Headers[NoticeHeader] =
                $"replaced by {next}; works until {DateTimeOffset.FromUnixTimeMilliseconds(end).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}";
        }
    }

    private static Refusal NotOwnable(int status, EntityKey key) => new(
        status, ErrorCodes.InvalidEntityId, $"entity_id {Shown.Quote(key.Id)} must be namespace/name, with a valid namespace and no empty part");

    private async ValueTask<Refusal?> RefreshAndJudgeAsync(HttpRequest request, EntityKey key, TokenHash hash)
    {
        // Registered, or issued, a moment ago through another silo?
        if (MayLookUp(request, key.Namespace))
        {
            await records.RefreshAsync(SystemEntity.OfNamespace(key.Namespace), request.HttpContext.RequestAborted);
        }

        Judge(request, key, hash, out var refusal);
        if (directory.FindToken(hash) is null)
        {
            CountGuess(request);
        }

        return refusal;
    }

    // Once for each namespace: a batch has thousands of rows.
    private static bool MayLookUp(HttpRequest request, string name)
    {
        var items = request.HttpContext.Items;
        if (!items.TryGetValue(LookedUp, out var known))
        {
            items.Add(LookedUp, known = new HashSet<string>(StringComparer.Ordinal));
        }

        var names = (HashSet<string>)known!;
        return names.Count < MaxLookUps && names.Add(name);
    }

    private void RefuseGuesser(HttpRequest request)
    {
        if (guesses.IsOver(request.HttpContext.Connection.RemoteIpAddress))
        {
            throw TooManyGuesses.ToException();
        }
    }

    private void CountGuess(HttpRequest request)
    {
        if (request.HttpContext.Items.TryAdd(IsGuess, null))
        {
            guesses.OnGuess(request.HttpContext.Connection.RemoteIpAddress);
        }
    }

    /// <summary>Judges by what is known here.</summary>
    /// <returns>False when the log may know better: the namespace, or the token, is not known here.</returns>
    private bool Judge(HttpRequest request, EntityKey key, TokenHash? hash, out Refusal? refusal)
    {
        RequireKnowledge();
        refusal = null;
        if (directory.Find(key.Namespace) is not { IsRegistered: true } record)
        {
            refusal = new Refusal(StatusCodes.Status401Unauthorized, ErrorCodes.NamespaceNotFound, $"Namespace '{key.Namespace}' not found");
            return false;
        }

        if (hash is not { } given || directory.FindToken(given) is not { } owner)
        {
            refusal = Unknown;
            return false;
        }

        OnUsed(request, owner);
        if (!string.Equals(owner.Namespace.Name, record.Name, StringComparison.Ordinal))
        {
            refusal = WrongNamespace(record.Name);
        }
        else if (!owner.Token.IsValidAt(Timestamp.From(time.GetUtcNow())))
        {
            refusal = Revoked;
        }
        else if (record.State == NamespaceState.Banned)
        {
            refusal = Banned(record.Name);
        }
        else if (owner.Token.Scope < TokenScope.Write)
        {
            refusal = ReadOnly;
        }
        else if (!owner.Token.Reaches(key.Id))
        {
            refusal = new Refusal(StatusCodes.Status403Forbidden, ErrorCodes.WrongNamespace,
                $"Token does not have permission to write to {Shown.Quote(key.Id)}: it opens what starts with {Shown.Quote(owner.Token.EntityPrefix!)}");
        }
        else if (record.State == NamespaceState.Suspended)
        {
            refusal = new Refusal(StatusCodes.Status403Forbidden, ErrorCodes.NamespaceSuspended, $"Namespace '{record.Name}' is suspended: it can only be read");
        }

        return true;
    }

    /// <summary>Makes the refusal of who holds a token of a banned namespace.</summary>
    public static Refusal Banned(string ns) => new(StatusCodes.Status403Forbidden, ErrorCodes.NamespaceBanned, $"Namespace '{ns}' is banned");

    private static Refusal WrongNamespace(string ns) => new(
        StatusCodes.Status403Forbidden, ErrorCodes.WrongNamespace, $"Token does not have permission to write to namespace '{ns}'");
}
