namespace Flux.Grains.Connections;

/// <summary>Places a grain on the silo whose address is its key, and nowhere else.</summary>
[GenerateSerializer, Immutable, Alias("flux.on-silo-in-key")]
internal sealed class OnSiloInKeyPlacement : PlacementStrategy
{
    public static readonly OnSiloInKeyPlacement Instance = new();
}
