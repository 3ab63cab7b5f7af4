using System.Buffers;
using System.Globalization;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Writes the frames of replays that are no changes. What they mean is in docs/protocol.md.</summary>
internal static class ReplayFrames
{
    /// <summary>A message was obeyed, and the replay stands here.</summary>
    /// <param name="variant">For whom.</param>
    /// <param name="answer">The type of the message.</param>
    /// <param name="clock">The replay's clock.</param>
    /// <param name="end">Its last position; null when it is to go live.</param>
    /// <param name="sent">The last change that was sent, or the place where it begins.</param>
    public static byte[] Replaying(FrameVariant variant, ReadOnlySpan<byte> answer, ReplayClock clock, Position? end, Cursor sent)
    {
        var body = new ArrayBufferWriter<byte>(256);
        body.Write(",\"answer\":\""u8);
        body.Write(answer);
        body.Write(clock.IsPaused ? "\",\"paused\":true,\"speed\":"u8 : "\",\"paused\":false,\"speed\":"u8);
        WriteSpeed(body, clock.Speed);
        WriteTime(body, clock.Now);
        body.Write(",\"to\":"u8);
        if (end is { } position)
        {
            JsonWrite.Number(body, position.Value);
        }
        else
        {
            body.Write("\"live\""u8);
        }

        return At(variant, "replaying"u8, body, sent);
    }

    /// <summary>How far it is.</summary>
    public static byte[] Progress(FrameVariant variant, Timestamp? now, Cursor sent)
    {
        var body = new ArrayBufferWriter<byte>(160);
        WriteTime(body, now);
        return At(variant, "progress"u8, body, sent);
    }

    /// <summary>Everything up to the end was sent.</summary>
    public static byte[] Replayed(FrameVariant variant, Cursor end) => At(variant, "replayed"u8, new ArrayBufferWriter<byte>(96), end);

    /// <summary>Its client has stopped it.</summary>
    public static byte[] Stopped(FrameVariant variant, Cursor sent) => At(variant, "stopped"u8, new ArrayBufferWriter<byte>(96), sent);

    private static byte[] At(FrameVariant variant, ReadOnlySpan<byte> type, ArrayBufferWriter<byte> body, Cursor cursor)
    {
        var output = new ArrayBufferWriter<byte>(body.WrittenCount + 192);
        Frames.Write(output, variant, type, body, cursor);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteSpeed(ArrayBufferWriter<byte> body, double? speed)
    {
        if (speed is not { } times)
        {
            body.Write("\"max\""u8);
            return;
        }

        times.TryFormat(body.GetSpan(32), out var written, provider: CultureInfo.InvariantCulture);
        body.Advance(written);
    }

    private static void WriteTime(ArrayBufferWriter<byte> body, Timestamp? time)
    {
        if (time is { } now)
        {
            body.Write(",\"time\":"u8);
            JsonWrite.Time(body, now, "Z"u8);
        }
    }
}
