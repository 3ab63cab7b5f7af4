using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>Adds the change streams to a silo.</summary>
public static class ChangeStreamSiloBuilderExtensions
{
    // Agents are driven by signals; the timer only restarts one after an empty read.
    private static readonly TimeSpan TimerPeriod = TimeSpan.FromMilliseconds(10);

    // How long one consumer that does not answer may hold up its queue. The log makes up for what is given up.
    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(2);

    /// <summary>Adds the stream provider that carries this silo's commits to the connection grain of every silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <returns>The same silo.</returns>
    public static ISiloBuilder AddFluxChangeStreams(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<ChangeQueues>();
        silo.Services.AddSingleton<ICommitListener>(services => services.GetRequiredService<ChangeQueues>());
        return silo.AddPersistentStreams(
            ChangeStream.Provider,
            (services, _) => new ChangeQueueAdapterFactory(
                services.GetRequiredService<ChangeQueues>(), services.GetRequiredService<ILoggerFactory>()),
            streams =>
            {
                streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
                streams.ConfigurePartitionBalancing((services, _) => new ChangeQueueBalancer(
                    services,
                    services.GetRequiredService<ChangeQueues>(),
                    services.GetRequiredService<ILogger<ChangeQueueBalancer>>()));
                streams.ConfigurePullingAgent(options => options.Configure(agent =>
                {
                    agent.GetQueueMsgsTimerPeriod = TimerPeriod;
                    agent.BatchContainerBatchSize = 256;
                    agent.MaxEventDeliveryTime = DeliveryTime;
                }));
            });
    }
}
