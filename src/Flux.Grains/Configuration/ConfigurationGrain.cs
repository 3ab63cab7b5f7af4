using Flux.Core.Configuration;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Namespaces;

namespace Flux.Grains.Configuration;

/// <summary>The only writer of the configuration's record. Every silo hears of a change on the feed.</summary>
internal sealed class ConfigurationGrain(ILogWriter log, IReadModel readModel, EventIds ids, TimeProvider time) : Grain, IConfigurationGrain
{
    private readonly SystemRecord _record = new(SystemEntity.Configuration, log, readModel, ids, time);

    public Task ChangeAsync(string actor, RuntimeLimitsChange change) =>
        _record.ChangeAsync("flux.config.changed", actor, state => change.ToProperties(state.Properties));
}
