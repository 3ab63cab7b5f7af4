namespace Flux.Grains.Status;

/// <summary>What a namespace uses on one silo.</summary>
/// <param name="Events">The events that were counted against its rate there. The count begins anew when the silo has had none for a minute.</param>
/// <param name="Sockets">The sockets that are open with its tokens.</param>
/// <param name="Subscriptions">Their subscriptions together.</param>
[GenerateSerializer, Immutable, Alias("flux.namespace-use")]
public sealed record NamespaceUse([property: Id(0)] long Events, [property: Id(1)] long Sockets, [property: Id(2)] long Subscriptions);
