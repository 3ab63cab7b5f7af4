namespace Flux.Benchmarks.Load;

/// <summary>What the events of a load look like.</summary>
internal enum EventShape
{
    /// <summary>Three properties, about 200 bytes: what a sensor sends.</summary>
    Reading,

    /// <summary>One property, so that one event is one frame on each socket.</summary>
    OneProperty,
}
