namespace Flux.EventLog.Rows;

/// <summary>A row of <c>event</c> as it is stored, before anything in it is believed.</summary>
internal readonly record struct StoredRow(
    long Position, string? Entity, long Version, string EventId, byte[] Envelope, byte[] Payload, byte[]? Before, long? Cause, byte[] Hash)
{
    /// <summary>Gets the bytes that it holds, roughly.</summary>
    public long Size => 200 + Envelope.Length + Payload.Length + (Before?.Length ?? 0);
}
