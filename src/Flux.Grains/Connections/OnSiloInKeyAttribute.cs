using Orleans.Placement;

namespace Flux.Grains.Connections;

/// <summary>Marks a grain that lives on the silo whose address is its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnSiloInKeyAttribute() : PlacementAttribute(OnSiloInKeyPlacement.Instance);
