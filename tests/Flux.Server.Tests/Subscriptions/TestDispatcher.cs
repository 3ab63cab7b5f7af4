using System.Diagnostics.Metrics;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Grains.Namespaces;
using Flux.Server.Subscriptions;
using Flux.Server.Subscriptions.V2;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Makes dispatchers without a server.</summary>
internal static class TestDispatcher
{
    public static ChangeDispatcher Create(NamespaceDirectory directory, IEventLog log, SubscriptionOptions options) =>
        Create(directory, log, new EmptyReadModel(), options, out _);

    public static ChangeDispatcher Create(
        NamespaceDirectory directory, IEventLog log, IReadModel readModel, SubscriptionOptions options, out SubscriptionService subscriptions)
    {
        var instruments = new SubscriptionInstruments(new Meter("tests"), TimeProvider.System);
        subscriptions = new SubscriptionService(directory, log, readModel, TimeProvider.System, instruments, NullLoggerFactory.Instance);
        return new ChangeDispatcher(
            directory, TimeProvider.System, Options.Create(options), instruments, subscriptions, NullLogger<CatchUp>.Instance);
    }
}
