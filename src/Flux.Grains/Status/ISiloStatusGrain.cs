namespace Flux.Grains.Status;

/// <summary>Tells how one silo is. Its key is the silo's address with its generation.</summary>
[Alias("flux.silo-status")]
public interface ISiloStatusGrain : IGrainWithStringKey
{
    /// <summary>Tells what is measured on the silo, and which grains are active there.</summary>
    /// <returns>The report.</returns>
    [Alias("read")]
    Task<SiloReport> ReadAsync();

    /// <summary>Tells what the silo counts of one namespace.</summary>
    /// <param name="ns">The namespace.</param>
    /// <returns>The counts.</returns>
    [Alias("read-use")]
    Task<NamespaceUse> ReadUseAsync(string ns);
}
