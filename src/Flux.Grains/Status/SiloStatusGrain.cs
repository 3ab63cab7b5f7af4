using Flux.Grains.Connections;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Flux.Grains.Status;

/// <summary>Answers for its silo.</summary>
/// <remarks>Reentrant: it keeps nothing, and nobody has to wait for an answer to somebody else.</remarks>
[OnSiloInKey, Immovable, Reentrant]
internal sealed class SiloStatusGrain(ISiloFigures figures, ILocalSiloDetails silo) : Grain, ISiloStatusGrain
{
    // It lives on every silo and asks the one that it is told.
    private const long AnyManagement = 0;

    public async Task<SiloReport> ReadAsync()
    {
        var grains = await GrainFactory.GetGrain<IManagementGrain>(AnyManagement).GetSimpleGrainStatistics([silo.SiloAddress]);
        return new SiloReport(
            figures.Read(),
            grains.GroupBy(type => ClassOf(type.GrainType), StringComparer.Ordinal).ToDictionary(type => type.Key, type => type.Sum(count => count.ActivationCount), StringComparer.Ordinal));
    }

    public Task<NamespaceUse> ReadUseAsync(string ns) => Task.FromResult(figures.ReadUse(ns));

    // The name of the assembly follows the class.
    private static string ClassOf(string grainType) => grainType.Split(',')[0];
}
