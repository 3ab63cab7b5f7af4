namespace Flux.Server.Hosting;

/// <summary>The codes of error answers. Clients branch on these, never on the text; the codes of a refused event come with the refusal.</summary>
internal static class ErrorCodes
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidJson = "invalid_json";
    public const string InvalidParameter = "invalid_parameter";
    public const string InvalidEntityId = "invalid_entity_id";
    public const string InvalidField = "invalid_field";
    public const string InvalidNamespace = "invalid_namespace";
    public const string MissingField = "missing_field";
    public const string MissingToken = "missing_token";
    public const string MalformedToken = "malformed_token";
    public const string AdminRequired = "admin_required";
    public const string NamespaceNotFound = "namespace_not_found";
    public const string WrongNamespace = "wrong_namespace";
    public const string UnknownToken = "unknown_token";
    public const string RevokedToken = "revoked_token";
    public const string ReadOnlyToken = "read_only_token";
    public const string InsufficientScope = "insufficient_scope";
    public const string NamespaceBanned = "namespace_banned";
    public const string NamespaceSuspended = "namespace_suspended";
    public const string NameTaken = "name_taken";
    public const string TooManyTokens = "too_many_tokens";
    public const string ForbiddenOrigin = "forbidden_origin";
    public const string RateLimited = "rate_limited";
    public const string QuotaExceeded = "quota_exceeded";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string Timeout = "timeout";
    public const string EventIdConflict = "event_id_conflict";
    public const string VersionConflict = "version_conflict";
    public const string ConditionFailed = "condition_failed";
    public const string ClaimConflict = "claim_conflict";
    public const string EntityFull = "entity_full";
    public const string WorkInProgress = "work_in_progress";
    public const string PayloadTooLarge = "payload_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string UnsupportedEncoding = "unsupported_encoding";
    public const string InvalidExpression = "invalid_expression";
    public const string ExpressionTooCostly = "expression_too_costly";
    public const string CursorUnknown = "cursor_unknown";
    public const string SubInUse = "sub_in_use";
    public const string UnknownSub = "unknown_sub";
    public const string NotReplaying = "not_replaying";
    public const string TooManySubscriptions = "too_many_subscriptions";
    public const string AlreadyAuthenticated = "already_authenticated";
    public const string Unavailable = "unavailable";
    public const string Quarantined = "quarantined";
    public const string OutcomeUnknown = "outcome_unknown";
    public const string Internal = "internal";
}
