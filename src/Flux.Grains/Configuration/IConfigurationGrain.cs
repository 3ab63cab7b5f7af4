using Flux.Core.Configuration;

namespace Flux.Grains.Configuration;

/// <summary>Changes the runtime configuration. There is one; its key is <see cref="Key"/>. Who asks has been found to have the right to.</summary>
[Alias("flux.configuration")]
public interface IConfigurationGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "config";

    /// <summary>Changes the limits, all of a change at once. What they are already is no change.</summary>
    /// <param name="actor">Who asks, for the audit trail.</param>
    /// <param name="change">What is to become different.</param>
    [Alias("change")]
    Task ChangeAsync(string actor, RuntimeLimitsChange change);
}
