namespace Flux.Server.Tests.BadInput;

/// <summary>Judges how long a server takes for an answer (G3, G4): a guard against input that costs more than its length, and against waits without an end.</summary>
/// <remarks>
/// The page's second is that of a machine with nothing else to do, and there it holds as it is. Where tests run side by side a second of the clock says little, so a
/// plain health request is timed all the while: as many times as it takes longer than usual, so much longer an answer may take. That would also excuse a server
/// that keeps its own threads busy, so what the server's process computes meanwhile is bounded whatever else goes on: a second too.
/// </remarks>
internal sealed class AnswerTime(ServerFixture server)
{
    /// <summary>The page's bound for an answer.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(1);

    /// <summary>For a socket that is closed: another second, in which a client that has been told why may hang up by itself.</summary>
    public static readonly TimeSpan Close = 2 * Usual;

    // For bodies of megabytes, which take their time on the way: no parser that takes longer than in proportion keeps to it.
    private static readonly TimeSpan PerMebibyte = TimeSpan.FromSeconds(1);

    // Each of the two takes one or two where nothing else goes on.
    private static readonly TimeSpan Yardstick = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for an answer, and fails when it is late.</summary>
    /// <param name="answer">The answer. What becomes of it is not looked at.</param>
    /// <param name="bytes">How many bytes went either way for it so far.</param>
    /// <param name="due">How long it may take, but for its bytes; null for the usual second.</param>
    public async Task JudgeAsync(Task answer, Func<long> bytes, TimeSpan? due = null)
    {
        var (begun, computed) = (TimeProvider.System.GetTimestamp(), Computed());
        var (request, flush) = (Yardstick, Yardstick);
        if (await Task.WhenAny(answer, Task.Delay((due ?? Usual) / 4, TimeProvider.System)) == answer)
        {
            return; // nearly always
        }

        await using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        while (!answer.IsCompleted)
        {
            flush = Longer(flush, TimeFlush(file));

            // Also when the answer has come meanwhile: who computes for it may have kept this request waiting as well.
            var asked = TimeProvider.System.GetTimestamp();
            await using (var http = await RawHttp.ConnectAsync(server.Port))
            {
                await http.TryExchangeAsync(RawRequest.HealthCheck);
            }

            request = Longer(request, TimeProvider.System.GetElapsedTime(asked));
            var waited = TimeProvider.System.GetElapsedTime(begun);
            var limit = (due ?? Usual) + (PerMebibyte * (bytes() / 1048576.0));
            var spent = Computed() - computed;
            Assert.True(waited < limit || (spent < limit && waited < limit * (Longer(request, flush) / Yardstick)),
                $"no answer after {waited.TotalSeconds:0.0} s, {limit.TotalSeconds:0.0} s are allowed; the server computed for {spent.TotalSeconds:0.0} s meanwhile, a health request took up to {request.TotalMilliseconds:0} ms, and a flush {flush.TotalMilliseconds:0} ms");
            await Task.WhenAny(answer, Task.Delay(Pace, TimeProvider.System));
        }
    }

    private static TimeSpan TimeFlush(FileStream file)
    {
        var begun = TimeProvider.System.GetTimestamp();
        file.WriteByte(0);
        file.Flush(flushToDisk: true);
        return TimeProvider.System.GetElapsedTime(begun);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private TimeSpan Computed() => server.HasExited ? TimeSpan.Zero : ProcessFootprint.CpuOf(server.ProcessId);
}
