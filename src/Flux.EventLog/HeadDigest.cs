using Flux.Core.Log;
using Flux.EventLog.Export;

namespace Flux.EventLog;

/// <summary>The head of a log as somebody has written it down: it says later whether anything up to there was changed or cut off.</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Head">Its head.</param>
public sealed record HeadDigest(Guid Epoch, LogHead Head)
{
    /// <summary>Reads the first line of a file that export has written: a head on its own, or the one that an export begins with.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The head.</returns>
    /// <exception cref="InvalidDataException">There is no such line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static HeadDigest Read(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            return new ExportReader(file).Header.Head;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}
