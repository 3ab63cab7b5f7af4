using Microsoft.Extensions.DependencyInjection;

namespace Flux.Grains.Connections;

/// <summary>Adds the connection grain to a silo.</summary>
public static class ConnectionSiloBuilderExtensions
{
    /// <summary>Adds the connection grain's placement, and its start together with the silo. The event log must be readable by then.</summary>
    /// <param name="silo">The silo.</param>
    /// <returns>The same silo.</returns>
    public static ISiloBuilder AddConnectionGrain(this ISiloBuilder silo)
    {
        silo.Services.AddPlacementDirector<OnSiloInKeyPlacement, OnSiloInKeyDirector>();
        silo.Services.AddSingleton<FeedInstruments>();
        silo.Services.AddSingleton<HeadWatch>();
        silo.Services.AddSingleton<ConnectionWarmUp>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<ConnectionWarmUp>());
        return silo;
    }
}
