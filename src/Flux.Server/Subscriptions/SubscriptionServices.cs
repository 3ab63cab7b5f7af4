using Flux.Core.Subscriptions;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Subscriptions;

/// <summary>Registers what sockets need.</summary>
internal static class SubscriptionServices
{
    /// <summary>Adds the dispatcher of changes and the metrics frames.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services)
    {
        services.AddOptions<SubscriptionOptions>().BindConfiguration("Flux:Subscriptions").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SubscriptionInstruments>();
        services.AddSingleton<SubscriptionService>();
        services.AddSingleton<ChangeDispatcher>();
        services.AddSingleton<IChangeDispatcher>(provider => provider.GetRequiredService<ChangeDispatcher>());
        services.AddHostedService<MetricsUpdates>();
        services.AddHostedService<TokenSweep>();
        services.AddHostedService<ProgressFrames>();
        return services;
    }
}
