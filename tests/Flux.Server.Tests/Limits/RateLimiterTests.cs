using System.Diagnostics.Metrics;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Namespaces;
using Flux.Server.Admin;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Limits;

public sealed class RateLimiterTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Meter _meter = new("tests");
    private readonly RuntimeConfiguration _configuration = new(FluxSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection([new("FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE", "60")])
        .Build()));

    private readonly RateLimiter _limiter;

    public RateLimiterTests() => _limiter = new RateLimiter(_configuration, _ => new LocalEventRate(_time), new RateInstruments(_meter), _time);

    public void Dispose()
    {
        _limiter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_namespace_may_send_its_events_a_minute_and_is_refilled_evenly()
    {
        Assert.Equal(60, await TakeAsync("acme", 100));

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(10, await TakeAsync("acme", 100));
    }

    [Fact]
    public async Task One_at_its_limit_takes_nothing_from_another()
    {
        await TakeAsync("acme", 100);

        Assert.Equal(60, await TakeAsync("other", 100));
    }

    [Fact]
    public async Task A_namespaces_own_limit_goes_before_that_of_all()
    {
        Assert.Equal(5, await TakeAsync("acme", 100, own: 5));
        Assert.Equal(0, await TakeAsync("none", 100, own: 0));
    }

    [Fact]
    public async Task The_limit_of_all_changes_while_it_runs()
    {
        await TakeAsync("acme", 10);

        Configure("rate_limit_per_namespace_per_minute", "20");
        Assert.Equal(20, await TakeAsync("acme", 100));
        Configure("rate_limit_per_namespace_per_minute", "600");
        Assert.Equal(0, await TakeAsync("acme", 100));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, await TakeAsync("acme", 100));
    }

    [Fact]
    public async Task What_was_let_through_is_counted_until_there_was_nothing_for_a_minute()
    {
        await TakeAsync("acme", 100);
        Assert.Equal(60, _limiter.EventsOf("acme"));
        Assert.Equal(0, _limiter.EventsOf("other"));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _limiter.EventsOf("acme"));
    }

    [Fact]
    public async Task Switched_off_it_counts_nothing()
    {
        Configure("rate_limit_enabled", "false");

        Assert.Equal(100, await TakeAsync("acme", 100));
        Assert.Equal(0, _limiter.Count);
    }

    [Fact]
    public async Task What_is_not_used_for_a_minute_leaves_memory_and_is_full_when_it_is_back()
    {
        await TakeAsync("acme", 100);
        await TakeAsync("busy", 1);
        Assert.Equal(2, _limiter.Count);

        _time.Advance(TimeSpan.FromSeconds(59));
        await TakeAsync("busy", 1);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, _limiter.Count);
        Assert.Equal(60, await TakeAsync("acme", 100));
    }

    private async Task<int> TakeAsync(string ns, int events, int? own = null)
    {
        var record = new NamespaceRecord
        {
            Name = ns,
            Id = "ns_00000000",
            CreatedAt = 0,
            State = NamespaceState.Active,
            IsPrivate = false,
            IsReserved = false,
            Limits = new NamespaceLimits { EventsPerMinute = own },
            Tokens = [],
            Version = 1,
        };
        var taken = 0;
        for (var i = 0; i < events; i++)
        {
            taken += await _limiter.TakeAsync(record) == RateVerdict.Within ? 1 : 0;
        }

        return taken;
    }

    private void Configure(string name, string json) => _configuration.OnRecord(
        SystemEntity.Configuration.Id, EntityState.ReadProperties(System.Text.Encoding.UTF8.GetBytes($"{{\"{name}\":{json}}}")), version: 1);
}
