namespace Flux.Testing.PostgreSql;

/// <summary>One row of <c>log_commit</c>.</summary>
internal sealed record LogCommitRecord(long FirstPosition, int Count, long RecordedAt, Guid Id, string Writer, byte[] Digest);
