using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;

namespace Flux.Server.Namespaces;

/// <summary>Says who may manage what: the operator everything, a working token of scope admin its own namespace.</summary>
internal sealed class ManagementAccess(AccessControl access, NamespaceDirectory directory, SystemRecords records, TimeProvider time)
{
    /// <summary>What the audit trail calls who shows the admin token.</summary>
    public const string Operator = "operator";

    /// <summary>What it calls who changes something on a server where nobody has to show a token.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>Requires the operator.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">What the refusal says.</param>
    /// <returns>Who it is, for the audit trail.</returns>
    /// <exception cref="RequestRefusedException">It is somebody else's.</exception>
    public string RequireOperator(HttpRequest request, string text = "Admin token required") =>
        !access.IsOperator(request) ? throw AdminRequired(text)
        : access.HasAdminToken(request) ? Operator
        : Anonymous;

    /// <summary>Requires the operator by the admin token itself: a server without one has nobody who may ask for what is hidden.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="RequestRefusedException">It is somebody else's, or there is no admin token.</exception>
    public void RequireAdminToken(HttpRequest request)
    {
        if (!access.HasAdminToken(request))
        {
            throw AdminRequired();
        }
    }

    /// <summary>Requires authentication: without it nobody owns a namespace, so there is nothing to manage. Source: wire-contract section 13.</summary>
    /// <exception cref="RequestRefusedException">It is off.</exception>
    public void RequireOwnership()
    {
        if (!access.IsEnabled)
        {
            throw new RequestRefusedException(
                StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Namespace registration not available (auth disabled)");
        }
    }

    /// <summary>Requires somebody who manages a namespace that there is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The namespace.</param>
    /// <returns>Who it is, for the audit trail.</returns>
    /// <exception cref="RequestRefusedException">There is no such namespace, or the request carries no right to it.</exception>
    public async ValueTask<string> RequireManagerAsync(HttpRequest request, string name)
    {
        RequireOwnership();
        access.RequireKnowledge();
        if (!NamespaceName.IsValid(name))
        {
            throw NotFound();
        }

        if (access.IsOperator(request))
        {
            await FindAsync(name, request.HttpContext.RequestAborted);
            return Operator;
        }

        if (BearerToken.Read(request.Headers.Authorization, out var text) is not null || !AccessToken.TryHash(text, out var hash))
        {
            throw AdminRequired();
        }

        if (directory.FindToken(hash) is null)
        {
            await records.RefreshAsync(SystemEntity.OfNamespace(name), request.HttpContext.RequestAborted); // issued a moment ago through another silo?
        }

        if (directory.FindToken(hash) is not { Namespace.IsRegistered: true } owner)
        {
            throw AdminRequired();
        }

        access.OnUsed(request, owner);
        return WhyNot(owner, name) is { } refusal ? throw refusal.ToException() : owner.Token.Id;
    }

    /// <summary>Finds a namespace that has an owner.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="RequestRefusedException">There is none.</exception>
    public async ValueTask<NamespaceRecord> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!NamespaceName.IsValid(name))
        {
            throw NotFound();
        }

        if (directory.Find(name) is not { IsRegistered: true })
        {
            await records.RefreshAsync(SystemEntity.OfNamespace(name), cancellationToken); // registered a moment ago through another silo?
        }

        return directory.Find(name) is { IsRegistered: true } record ? record : throw NotFound();
    }

    /// <summary>Takes what a namespace grain decided, once this silo knows of it.</summary>
    /// <param name="name">The namespace.</param>
    /// <param name="outcome">What the grain answered.</param>
    /// <exception cref="RequestRefusedException">It refused.</exception>
    public async ValueTask<NamespaceOutcome.Done> SettleAsync(string name, NamespaceOutcome outcome)
    {
        switch (outcome)
        {
            case NamespaceOutcome.Done done:
                // Whoever asked goes on through here. No token: what is done is done, whether the client waits or not.
                await records.TryRefreshAsync(SystemEntity.OfNamespace(name));
                return done;
            case NamespaceOutcome.NameTaken:
                throw new RequestRefusedException(StatusCodes.Status409Conflict, ErrorCodes.NameTaken, "Namespace name already exists");
            case NamespaceOutcome.TokenNotFound:
                throw new RequestRefusedException(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Token not found, or it no longer works");
            case NamespaceOutcome.TooManyTokens:
                throw new RequestRefusedException(
                    StatusCodes.Status409Conflict, ErrorCodes.TooManyTokens, "the namespace has as many working tokens as it may, or has had as many as it may remember; revoke one first");
            default:
                throw NotFound();
        }
    }

    /// <summary>Gets the namespace that a path names, well-formed or not.</summary>
    public static string NameIn(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    /// <summary>Makes the answer for a namespace that is not there.</summary>
    public static RequestRefusedException NotFound() => new(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Namespace not found");

    private static RequestRefusedException AdminRequired(string text = "Admin token required") =>
        new(StatusCodes.Status401Unauthorized, ErrorCodes.AdminRequired, text);

    private Refusal? WhyNot(TokenOwner owner, string name)
    {
        if (!string.Equals(owner.Namespace.Name, name, StringComparison.Ordinal))
        {
            return new Refusal(StatusCodes.Status403Forbidden, ErrorCodes.WrongNamespace, $"Token does not have permission to manage namespace '{name}'");
        }

        if (!owner.Token.IsValidAt(Timestamp.From(time.GetUtcNow())))
        {
            return AccessControl.Revoked;
        }

        if (owner.Namespace.State == NamespaceState.Banned)
        {
            return AccessControl.Banned(name);
        }

        // A suspended namespace can be managed: its owner may have lost a token, and has to be able to revoke it.
        return owner.Token.Scope < TokenScope.Admin
            ? new Refusal(StatusCodes.Status403Forbidden, ErrorCodes.InsufficientScope, "the token's scope is not admin: it does not manage its namespace")
            : null;
    }
}
