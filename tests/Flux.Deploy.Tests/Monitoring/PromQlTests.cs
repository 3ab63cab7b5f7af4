namespace Flux.Deploy.Tests.Monitoring;

/// <summary>The check of the names has to find a wrong one before it judges a dashboard.</summary>
public sealed class PromQlTests
{
    [Fact]
    public void Each_series_of_an_expression_is_found() => Assert.Equal(
        ["flux_a_total", "flux_b_bucket", "flux_c"],
        PromQl.Series("""sum by (le, code) (rate(flux_a_total{code=~"x|y"}[5m])) > 0.5 * histogram_quantile(0.9, flux_b_bucket) and on (x) flux_c"""));

    [Fact]
    public void A_series_that_nobody_has_is_not_known() =>
        Assert.DoesNotContain(PromQl.Series("rate(flux_ingest_total[1m])").Single(), KnownMetrics.Series);

    [Fact]
    public void The_values_of_a_label_are_found() =>
        Assert.Equal(["a", "b", "c"], PromQl.Values("""x{outcome=~"a|b",code="d"} + x{outcome!="c"}""", "outcome"));
}
