using System.Reflection;
using Flux.Core.Log;

namespace Flux.Server.Tests.Quarantine;

/// <summary>Grains that cannot be called now.</summary>
public class UnreachableGrains : DispatchProxy // not sealed: its proxy derives from it
{
    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new EventLogUnavailableException("unreachable, for a test");
}
