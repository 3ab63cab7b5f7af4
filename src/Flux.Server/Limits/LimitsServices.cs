using Flux.Grains.Namespaces;
using Flux.Server.Admin;
using Flux.Server.Hosting;

namespace Flux.Server.Limits;

/// <summary>What a namespace may send, and what an address may guess.</summary>
internal static class LimitsServices
{
    public static void AddLimits(this IServiceCollection services)
    {
        services.AddSingleton<RateInstruments>();
        services.AddSingleton(CreateRateLimiter);
        services.AddSingleton<EntityQuota>();
        services.AddSingleton<AdmissionControl>();
        services.AddSingleton<EventsUnderWay>();
        services.AddSingleton<BodyRoom>();
        services.AddSingleton(provider => new GuessLimiter(
            provider.GetRequiredService<FluxSettings>().UnknownTokensPerMinute, provider.GetRequiredService<TimeProvider>()));
    }

    private static RateLimiter CreateRateLimiter(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var instruments = provider.GetRequiredService<RateInstruments>();
        return new RateLimiter(provider.GetRequiredService<RuntimeConfiguration>(), Counting(), instruments, time);

        Func<string, IEventRate> Counting()
        {
            if (provider.GetRequiredService<FluxSettings>().Cluster is null)
            {
                return _ => new LocalEventRate(time);
            }

            var grains = provider.GetRequiredService<IGrainFactory>();
            var silo = new Lazy<string>(() => provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString());
            var logger = provider.GetRequiredService<ILogger<LeasedEventRate>>();
            return ns => new LeasedEventRate(grains.GetGrain<IRateLimitGrain>(ns), silo.Value, time, instruments, logger);
        }
    }
}
