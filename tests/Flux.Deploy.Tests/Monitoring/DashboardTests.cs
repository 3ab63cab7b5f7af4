using System.Text.Json.Nodes;

namespace Flux.Deploy.Tests.Monitoring;

/// <summary>deploy/grafana/flux.json.</summary>
public sealed class DashboardTests
{
    private static readonly JsonObject Dashboard = JsonNode.Parse(Repository.Read("deploy/grafana/flux.json"))!.AsObject();
    private static readonly IReadOnlyList<JsonNode> Panels = [.. Dashboard["panels"]!.AsArray().Select(panel => panel!)];
    private static readonly IReadOnlyList<JsonNode> Graphs = [.. Panels.Where(panel => (string?)panel["type"] != "row")];

    [Fact]
    public void The_rows_follow_an_event_from_producer_to_subscriber() => Assert.Equal(
        ["Ingest", "Log commit", "Projection", "Pushes and streams", "Sockets", "Refusals", "Process"],
        Panels.Except(Graphs).Select(row => (string?)row["title"]));

    [Fact]
    public void Each_panel_asks_for_metrics_that_exist() =>
        Assert.All(Expressions(), expression => Assert.All(PromQl.Series(expression), series => Assert.Contains(series, KnownMetrics.Series)));

    [Fact]
    public void Each_metric_of_Flux_is_shown()
    {
        var shown = Expressions().SelectMany(PromQl.Series).ToHashSet(StringComparer.Ordinal);

        Assert.All(KnownMetrics.OfFlux, instrument => Assert.True(instrument.Series().Any(shown.Contains), $"{instrument.Name} is nowhere"));
    }

    [Fact]
    public void Each_panel_follows_the_choice_of_job_and_silo() => Assert.All(Expressions(), expression =>
    {
        var selections = PromQl.Selections(expression).ToList();
        Assert.NotEmpty(selections);
        Assert.All(selections, selection => Assert.StartsWith("""{job=~"$job",instance=~"$instance" """.TrimEnd(), selection, StringComparison.Ordinal));
    });

    [Fact]
    public void Each_variable_that_is_used_exists()
    {
        var variables = Dashboard["templating"]!["list"]!.AsArray().Select(variable => (string?)variable!["name"]);

        Assert.Equal(["datasource", "job", "instance"], variables);
        Assert.All(Graphs, panel => Assert.Equal("${datasource}", (string?)panel["datasource"]!["uid"]));
    }

    [Fact]
    public void Each_panel_says_what_it_shows_and_in_which_unit() => Assert.All(Graphs, panel =>
    {
        Assert.False(string.IsNullOrEmpty((string?)panel["title"]));
        Assert.False(string.IsNullOrEmpty((string?)panel["description"]));
        Assert.False(string.IsNullOrEmpty((string?)panel["fieldConfig"]!["defaults"]!["unit"]));
    });

    [Fact]
    public void No_panel_lies_on_another_or_has_its_number()
    {
        var cells = Panels.SelectMany(panel =>
        {
            var place = panel["gridPos"]!;
            var (left, top, width, height) = ((int)place["x"]!, (int)place["y"]!, (int)place["w"]!, (int)place["h"]!);
            Assert.True(left + width <= 24, "a dashboard is 24 cells wide");
            return Enumerable.Range(left, width).SelectMany(x => Enumerable.Range(top, height).Select(y => (x, y)));
        }).ToList();

        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.Equal(Panels.Count, Panels.DistinctBy(panel => (int)panel["id"]!).Count());
    }

    private static IEnumerable<string> Expressions() =>
        Graphs.SelectMany(panel => panel["targets"]!.AsArray()).Select(target => (string)target!["expr"]!);
}
