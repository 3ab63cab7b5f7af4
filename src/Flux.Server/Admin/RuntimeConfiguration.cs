using Flux.Core.Configuration;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;

namespace Flux.Server.Admin;

/// <summary>The limits in force on this silo: what the environment says, overlaid by what the operator has set since.</summary>
internal sealed class RuntimeConfiguration(FluxSettings settings) : ISystemRecordListener
{
    private volatile RuntimeLimits _current = settings.Limits;

    /// <summary>Gets the limits as of this moment.</summary>
    public RuntimeLimits Current => _current;

    /// <inheritdoc/>
    public void OnRecord(string id, PropertyMap properties, long version)
    {
        if (string.Equals(id, SystemEntity.Configuration.Id, StringComparison.Ordinal))
        {
            _current = settings.Limits.Overlay(properties);
        }
    }
}
