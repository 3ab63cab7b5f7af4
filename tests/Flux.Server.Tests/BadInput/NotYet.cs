namespace Flux.Server.Tests.BadInput;

/// <summary>A row, or a part of one, that cannot run before something else exists, or that runs elsewhere.</summary>
internal sealed record NotYet(string WaitsFor, string Part = "the whole row")
{
    private const string Elsewhere = "elsewhere, ";

    public const string Guesses = "elsewhere, on a server of its own: RateLimitTests.Ten_thousand_guesses_are_stopped_and_harm_nobody_who_has_a_token";
    public const string BatchRate = "elsewhere, on a server of its own: RateLimitTests.In_a_batch_the_rows_after_the_limit_are_refused_and_those_before_are_stored";
    public const string Quotas = "elsewhere, on a server of its own: RateLimitTests.Over_its_rate_a_namespace_is_refused_and_another_is_not and EntityQuotaTests";
    public const string OriginLists = "elsewhere, on a server of its own: OriginTests";
    public const string ClaimRate = "elsewhere, on a server of its own: RateLimitTests.Claims_count_as_events_of_their_namespace";
    public const string Webhooks = "webhooks";
    public const string Commands = "elsewhere, as commands of the server's binary, which have no route: ExportTests and RestoreTests";
    public const string Browser = "elsewhere, in a browser: Markup_is_shown_as_the_text_that_it_is (World, Stream), Markup_and_large_values_are_shown_as_the_text_that_they_are (Entity)";
    public const string CommandLine = "the command line client";

    /// <summary>Gets what the run says of it.</summary>
    public string Text => WaitsFor.StartsWith(Elsewhere, StringComparison.Ordinal) ? $"tried {WaitsFor}" : $"not yet: waits for {WaitsFor}";
}
