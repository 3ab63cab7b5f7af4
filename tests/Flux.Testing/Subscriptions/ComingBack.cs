namespace Flux.Testing.Subscriptions;

/// <summary>Where a subscriber goes on after its connection has ended.</summary>
internal enum ComingBack
{
    /// <summary>At its last cursor.</summary>
    AtItsCursor,

    /// <summary>At the position of its last cursor.</summary>
    AtItsPosition,

    /// <summary>Some way before that, on purpose.</summary>
    Earlier,

    /// <summary>With a snapshot.</summary>
    WithASnapshot,
}
