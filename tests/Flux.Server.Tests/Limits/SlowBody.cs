namespace Flux.Server.Tests.Limits;

/// <summary>A batch of one event behind megabytes of white space, whose end does not come before it is told to; until then it brings a little more
/// every now and then, so that it is slow and does not stand still.</summary>
internal sealed class SlowBody : IAsyncDisposable
{
    // Room doubles: beyond 8 MiB a body has 16. The limit of a batch is 10 MiB.
    private const int FirstBytes = 9 * 1024 * 1024;
    private const int PieceBytes = 2 * 1024;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _isTold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RawHttp _http;
    private readonly Task _sending;

    private SlowBody(RawHttp http, string json)
    {
        _http = http;
        _sending = SendAsync(json);
        Answer = http.ReadAnswerAsync().WaitAsync(ServerFixture.Guard);
    }

    /// <summary>Gets the answer; null when the connection ended without one.</summary>
    public Task<RawAnswer?> Answer { get; }

    public static async Task<SlowBody> BeginAsync(ServerFixture server, string json) => new(await server.ConnectAsync(), json);

    /// <summary>Sends the end, and waits for the answer.</summary>
    public async Task<RawAnswer?> EndAsync()
    {
        _isTold.TrySetResult();
        return await Answer;
    }

    public async ValueTask DisposeAsync()
    {
        _isTold.TrySetResult();
        await _http.DisposeAsync();
        await _sending;
    }

    private async Task SendAsync(string json)
    {
        const string head = "POST /api/events/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        var isOpen = await _http.TrySendAsync(RawRequest.Bytes(head, RawRequest.Chunk(Blanks(FirstBytes))));
        using var pace = new PeriodicTimer(Pace, TimeProvider.System);
        while (isOpen && await Task.WhenAny(_isTold.Task, pace.WaitForNextTickAsync().AsTask()) != _isTold.Task)
        {
            isOpen = await _http.TrySendAsync(RawRequest.Chunk(Blanks(PieceBytes)));
        }

        if (isOpen)
        {
            await _http.TrySendAsync(RawRequest.Bytes(RawRequest.Chunk(RawRequest.Bytes(json)), RawRequest.Chunk([])));
        }
    }

    private static byte[] Blanks(int count)
    {
        var blanks = new byte[count];
        blanks.AsSpan().Fill((byte)' ');
        return blanks;
    }
}
