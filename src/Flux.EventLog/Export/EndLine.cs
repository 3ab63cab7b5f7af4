namespace Flux.EventLog.Export;

/// <summary>The last line of an export: without it the export is not whole.</summary>
internal static class EndLine
{
    public const string Type = "end";

    public static void Write(LineWriter line, long events, long entities)
    {
        var digest = line.Digest; // of all lines before this one
        line.Begin(Type).Number("events", events).Number("entities", entities).Hash("digest", digest).End();
    }

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is no such line.</exception>
    public static (long Events, long Entities, byte[] Digest) Read(LineReader line)
    {
        var end = (line.Number("events"), line.Number("entities"), line.Hash("digest"));
        line.End();
        return end;
    }
}
