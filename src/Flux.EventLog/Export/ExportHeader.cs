using Flux.Core.Log;

namespace Flux.EventLog.Export;

/// <summary>The first line of an export.</summary>
/// <param name="Head">The log and its head.</param>
/// <param name="Namespace">The namespace; null for the whole log.</param>
/// <param name="HasCommits">Whether there are lines of commits, so that the digests can be computed.</param>
internal sealed record ExportHeader(HeadDigest Head, string? Namespace, bool HasCommits)
{
    public const string Type = "export";
    public const string HeadType = "head";

    // Another number for everything that a reader of this one would take for something else.
    private const long Format = 1;

    public void Write(LineWriter line) =>
        WriteHead(line.Begin(Type), Head).Text("namespace", Namespace).Flag("commits", HasCommits).End();

    /// <summary>Writes a head on its own.</summary>
    public static void Write(LineWriter line, HeadDigest head) => WriteHead(line.Begin(HeadType), head).End();

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is no such line.</exception>
    public static ExportHeader Read(LineReader line)
    {
        if (line.Type is not (Type or HeadType))
        {
            throw new FormatException("it is neither the first line of an export nor a head");
        }

        if (line.Number("format") is not Format and var format)
        {
            throw new FormatException($"it has format {format}, and this Flux reads format {Format}");
        }

        var head = new HeadDigest(
            Guid.ParseExact(line.Text("epoch"), "D"),
            new LogHead(new Position(line.Number("position")), new Timestamp(line.Number("recorded_at")), line.Hash("digest")));
        var header = new ExportHeader(head, line.TextOrNull("namespace"), line.Flag("commits"));
        line.End();
        return line.Type == HeadType || header.HasCommits || header.Namespace is not null
            ? header
            : throw new FormatException("it is the first line of a whole log without commits, which there is none of");
    }

    private static LineWriter WriteHead(LineWriter line, HeadDigest head) => line
        .Number("format", Format)
        .Text("epoch", head.Epoch.ToString())
        .Number("position", head.Head.Position.Value)
        .Hash("digest", head.Head.Digest)
        .Number("recorded_at", head.Head.RecordedAt.Microseconds);
}
