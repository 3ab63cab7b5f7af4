using Flux.Server.Hosting;

namespace Flux.Server.Reference;

/// <summary>A refusal: its status and its code. What the codes mean is in docs/protocol.md.</summary>
internal sealed record ApiRefusal(int Status, string Code)
{
    /// <summary>What any route may answer.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Always =
    [
        new(StatusCodes.Status500InternalServerError, ErrorCodes.Internal),
        new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable),
    ];

    /// <summary>What is said of queries.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Query = [new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidParameter)];

    /// <summary>What is said of bodies in JSON.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Body =
    [
        new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidJson),
        new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest),
        new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidField),
        new(StatusCodes.Status400BadRequest, ErrorCodes.MissingField),
        new(StatusCodes.Status408RequestTimeout, ErrorCodes.Timeout),
        new(StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge),
        new(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType),
        new(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedEncoding),
    ];

    /// <summary>What is said of the members of events.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Events =
    [
        .. new[]
        {
            "invalid_json", "invalid_utf8", "invalid_request", "missing_field", "invalid_field", "duplicate_key", "invalid_stream", "invalid_timestamp",
            "invalid_event_id", "invalid_entity_id", "invalid_property", "too_many_properties", "too_deep", "invalid_string", "invalid_number",
            ErrorCodes.InvalidExpression, ErrorCodes.ExpressionTooCostly,
        }.Select(code => new ApiRefusal(StatusCodes.Status400BadRequest, code)),
        new(StatusCodes.Status408RequestTimeout, ErrorCodes.Timeout),
        new(StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge),
        new(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedEncoding),
    ];

    /// <summary>What is said of tokens to who wants to write.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Tokens =
    [
        new(StatusCodes.Status401Unauthorized, ErrorCodes.MissingToken),
        new(StatusCodes.Status401Unauthorized, ErrorCodes.MalformedToken),
        new(StatusCodes.Status401Unauthorized, ErrorCodes.InvalidEntityId),
        new(StatusCodes.Status401Unauthorized, ErrorCodes.NamespaceNotFound),
        new(StatusCodes.Status403Forbidden, ErrorCodes.WrongNamespace),
        new(StatusCodes.Status403Forbidden, ErrorCodes.UnknownToken),
        new(StatusCodes.Status403Forbidden, ErrorCodes.RevokedToken),
        new(StatusCodes.Status403Forbidden, ErrorCodes.ReadOnlyToken),
        new(StatusCodes.Status403Forbidden, ErrorCodes.NamespaceBanned),
        new(StatusCodes.Status403Forbidden, ErrorCodes.NamespaceSuspended),
        new(StatusCodes.Status403Forbidden, ErrorCodes.ForbiddenOrigin),
    ];

    /// <summary>What becomes of an event that is well-formed and allowed, and is not stored.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Appends =
    [
        new(StatusCodes.Status403Forbidden, ErrorCodes.ClaimConflict),
        new(StatusCodes.Status409Conflict, ErrorCodes.EventIdConflict),
        new(StatusCodes.Status409Conflict, ErrorCodes.VersionConflict),
        new(StatusCodes.Status409Conflict, ErrorCodes.ConditionFailed),
        new(StatusCodes.Status409Conflict, ErrorCodes.EntityFull),
        new(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited),
        new(StatusCodes.Status429TooManyRequests, ErrorCodes.QuotaExceeded),
        new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.OutcomeUnknown),
        new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Quarantined),
        new(StatusCodes.Status503ServiceUnavailable, "storage_full"),
    ];

    /// <summary>What is said to who wants to manage a namespace.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Managers =
    [
        new(StatusCodes.Status401Unauthorized, ErrorCodes.AdminRequired),
        new(StatusCodes.Status403Forbidden, ErrorCodes.WrongNamespace),
        new(StatusCodes.Status403Forbidden, ErrorCodes.RevokedToken),
        new(StatusCodes.Status403Forbidden, ErrorCodes.InsufficientScope),
        new(StatusCodes.Status403Forbidden, ErrorCodes.NamespaceBanned),
        new(StatusCodes.Status404NotFound, ErrorCodes.NotFound),
    ];

    /// <summary>What is said to who is not the operator.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Operators = [new(StatusCodes.Status401Unauthorized, ErrorCodes.AdminRequired)];

    /// <summary>What is not there.</summary>
    public static readonly IReadOnlyList<ApiRefusal> Missing = [new(StatusCodes.Status404NotFound, ErrorCodes.NotFound)];
}
