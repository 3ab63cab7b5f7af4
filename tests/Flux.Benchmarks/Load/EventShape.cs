namespace Flux.Benchmarks.Load;

/// <summary>What the events of a load look like.</summary>
internal enum EventShape
{
    /// <summary>Three properties, about 200 bytes: what a sensor sends.</summary>
    Reading,

    /// <summary>One property, so that one event is one frame on each socket.</summary>
    OneProperty,

    /// <summary>The same and a text of 1 KiB, so that what waits for a socket is soon much.</summary>
    Kilobyte,

    /// <summary>One property; the entities are in namespaces of <see cref="EventText.NamespaceSize"/>.</summary>
    Spread,
}
