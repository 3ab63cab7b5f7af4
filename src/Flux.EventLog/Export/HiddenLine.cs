using Flux.Core.Log;

namespace Flux.EventLog.Export;

/// <summary>An event of another namespace as a line: its hash alone, so that the digests of the commits can be computed without it.</summary>
internal static class HiddenLine
{
    public const string Type = "hidden";

    public static void Write(LineWriter line, RecordedEvent row) =>
        line.Begin(Type).Number("position", row.Position.Value).Hash("hash", row.Hash).End();

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is no such line.</exception>
    public static (Position Position, byte[] Hash) Read(LineReader line)
    {
        var hidden = (new Position(line.Number("position")), line.Hash("hash"));
        line.End();
        return hidden;
    }
}
