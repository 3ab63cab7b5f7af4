using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>A row of <c>log_commit</c>.</summary>
internal sealed record CommitRow(Position First, int Count, Timestamp RecordedAt, Guid Id, string Writer, byte[] Digest)
{
    public Position Last => new(First.Value + Count - 1);

    public LogHead ToHead() => new(Last, RecordedAt, Digest);
}
