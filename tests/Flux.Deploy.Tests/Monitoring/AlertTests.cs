using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flux.Deploy.Tests.Monitoring;

/// <summary>deploy/prometheus/alerts.yaml.</summary>
public sealed partial class AlertTests
{
    private static readonly JsonNode Group =
        Assert.Single(YamlText.ReadOne(Repository.Read("deploy/prometheus/alerts.yaml"))["groups"]!.AsArray())!;

    private static readonly IReadOnlyList<JsonNode> Rules = [.. Group["rules"]!.AsArray().Select(rule => rule!)];

    [Fact]
    public void Each_alert_looks_at_metrics_that_exist() =>
        Assert.All(Rules, rule => Assert.All(PromQl.Series(Expression(rule)), series => Assert.Contains(series, KnownMetrics.Series)));

    [Fact]
    public void Each_alert_looks_at_Flux_only() => Assert.All(Rules, rule =>
    {
        var selections = PromQl.Selections(Expression(rule)).ToList();
        Assert.NotEmpty(selections);
        Assert.All(selections, selection => Assert.Contains("job=\"flux\"", selection, StringComparison.Ordinal));
    });

    [Fact]
    public void Each_outcome_that_is_asked_for_is_one_that_an_event_can_have() =>
        Assert.All(Rules.SelectMany(rule => PromQl.Values(Expression(rule), "outcome")), outcome => Assert.Contains(outcome, KnownMetrics.Outcomes));

    [Fact]
    public void Each_alert_has_only_what_Prometheus_knows_and_waits_before_it_rings() => Assert.All(Rules, rule =>
    {
        Assert.Equal(["alert", "annotations", "expr", "for", "labels"], rule.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Matches("^Flux[A-Za-z]+$", (string?)rule["alert"]);
        Assert.Matches("^[1-9][0-9]*m$", (string?)rule["for"]);
    });

    [Fact]
    public void Each_alert_says_whom_to_wake() =>
        Assert.All(Rules, rule => Assert.True((string?)rule["labels"]!["severity"] is "page" or "ticket"));

    [Fact]
    public void Each_summary_says_what_is_wrong_and_then_what_to_do() =>
        Assert.All(Rules, rule => Assert.Matches(ToDo(), (string?)rule["annotations"]!["summary"]));

    [Fact]
    public void No_two_alerts_have_one_name() => Assert.Equal(Rules.Count, Rules.DistinctBy(rule => (string?)rule["alert"]).Count());

    private static string Expression(JsonNode rule) => (string)rule["expr"]!;

    [GeneratedRegex(@"(\. |; |, )(Look|Check|Read|Restart|look|find|mend)\b")]
    private static partial Regex ToDo();
}
