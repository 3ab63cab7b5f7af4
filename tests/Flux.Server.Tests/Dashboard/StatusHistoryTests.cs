using System.Text.Json;
using Flux.Dashboard.Operator;

namespace Flux.Server.Tests.Dashboard;

/// <summary>What the console makes of the totals that silos tell.</summary>
public sealed class StatusHistoryTests
{
    private const string Counter = "counter";
    private const string Histogram = "histogram";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly StatusHistory _history = new();

    [Fact]
    public void Rates_are_those_of_all_silos_between_two_looks()
    {
        Add(0, ("a", 10, [0, 0]), ("b", 100, [0, 0]));
        Add(2, ("a", 14, [0, 0]), ("b", 106, [0, 0]));
        Add(4, ("a", 14, [0, 0]), ("b", 107, [0, 0]));

        Assert.Equal([5, 0.5], _history.Rates(Counter).Select(point => point.Average));
        Assert.Equal([0, 0.5], _history.Last!.Silos.Select(silo => _history.Rate(Counter, silo)));
    }

    [Fact]
    public void A_silo_that_is_new_or_has_not_answered_has_no_rate_and_one_that_counts_anew_none_below_zero()
    {
        Add(0, ("a", 10, [0, 0]), ("silent", null, []));
        Add(2, ("a", 3, [0, 0]), ("silent", 5, [0, 0]), ("new", 1000, [0, 0]));

        Assert.Equal([0, null, null], _history.Last!.Silos.Select(silo => _history.Rate(Counter, silo)));
        Assert.Equal([0], _history.Rates(Counter).Select(point => point.Average));
    }

    [Fact]
    public void A_histogram_is_that_of_the_last_minute_on_all_silos()
    {
        Add(0, ("a", 0, [1, 0]), ("b", 0, [7, 7]));
        Add(30, ("a", 0, [2, 1]), ("b", 0, [7, 8]));
        Add(70, ("a", 0, [5, 1]), ("b", 0, [7, 10]));

        Assert.Equal([3, 2], _history.Histogram(Histogram).Counts);
        Assert.Equal(0, _history.Histogram("another").Total);
    }

    [Fact]
    public void Quantiles_lie_within_their_bucket_and_beyond_the_last_bound_are_not_known()
    {
        var histogram = new HistogramReading([1, 2, 4], [0, 10, 10, 0]);

        Assert.Equal(2, histogram.Quantile(0.5));
        Assert.Equal(1.5, histogram.Quantile(0.25));
        Assert.Equal(4, histogram.Quantile(1));
        Assert.Equal(4, new HistogramReading([1, 2, 4], [0, 0, 0, 3]).Quantile(0.99));
        Assert.Null(HistogramReading.Empty.Quantile(0.5));
    }

    // A silo without a value has not answered.
    private void Add(int second, params (string Id, double? Value, long[] Counts)[] silos)
    {
        var rows = silos.Select(silo => silo.Value is null
            ? $$"""{"silo":"{{silo.Id}}","name":"n","status":"Active","answered":false}"""
            : $"{{\"silo\":\"{silo.Id}\",\"name\":\"n\",\"status\":\"Active\",\"answered\":true,\"grains\":{{}},\"values\":{{\"{Counter}\":{silo.Value:R}}},"
                + $"\"histograms\":{{\"{Histogram}\":{{\"bounds\":[1],\"counts\":[{string.Join(',', silo.Counts)}],\"sum\":0}}}}}}");
        _history.Add(StatusReading.Of(JsonElement.Parse(
            $$"""{"at":"{{Start.AddSeconds(second):O}}","entities":1,"log":{"position":1,"bytes":1},"silos":[{{string.Join(',', rows)}}]}""")));
    }
}
