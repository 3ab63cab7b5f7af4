using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Export;

/// <summary>A commit as a line; the lines of its events follow.</summary>
internal static class CommitLine
{
    public const string Type = "commit";

    public static void Write(LineWriter line, CommitRow commit) => line
        .Begin(Type)
        .Number("first_position", commit.First.Value)
        .Number("count", commit.Count)
        .Number("recorded_at", commit.RecordedAt.Microseconds)
        .Text("id", commit.Id.ToString())
        .Text("writer", commit.Writer)
        .Hash("digest", commit.Digest)
        .End();

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is no such line.</exception>
    public static CommitRow Read(LineReader line)
    {
        var commit = new CommitRow(
            new Position(line.Number("first_position")),
            checked((int)line.Number("count")),
            new Timestamp(line.Number("recorded_at")),
            Guid.ParseExact(line.Text("id"), "D"),
            line.Text("writer"),
            line.Hash("digest"));
        line.End();
        return commit;
    }
}
