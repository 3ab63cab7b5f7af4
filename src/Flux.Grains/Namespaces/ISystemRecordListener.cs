using Flux.Core.Entities;

namespace Flux.Grains.Namespaces;

/// <summary>Hears of every change of Flux's own records, each once, in the order of its versions.</summary>
public interface ISystemRecordListener
{
    /// <summary>Takes a record as it is now. It is called on the feed's path: take note and return; never throw.</summary>
    /// <param name="id">The id of its entity.</param>
    /// <param name="properties">What it says.</param>
    /// <param name="version">Its version.</param>
    void OnRecord(string id, PropertyMap properties, long version);
}
