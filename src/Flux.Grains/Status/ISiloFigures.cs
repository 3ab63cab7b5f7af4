namespace Flux.Grains.Status;

/// <summary>What the gateway of a silo measures and counts. Any thread.</summary>
public interface ISiloFigures
{
    /// <summary>Reads what is measured. What would cost something for every event is measured for as long as it is asked for, and for a minute more.</summary>
    /// <returns>The figures.</returns>
    SiloFigures Read();

    /// <summary>Reads what is counted of one namespace.</summary>
    /// <param name="ns">The namespace.</param>
    /// <returns>The counts.</returns>
    NamespaceUse ReadUse(string ns);
}
