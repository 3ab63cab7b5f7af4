using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Sockets;

/// <summary>A client that subscribes to everything and never reads, and yet is alive: it says so every few seconds, so that the server does not take it for dead.</summary>
internal sealed class StalledSocket : IAsyncDisposable
{
    // The least that the kernel gives.
    private const int KernelBufferSize = 2048;

    // Well within the 20 s after which the server asks.
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _living;

    private StalledSocket(Socket socket, TimeProvider clock)
    {
        _socket = socket;
        _living = LiveAsync(clock);
    }

    /// <summary>Opens one.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="message">Its subscription.</param>
    /// <param name="clock">Says when it has to say that it lives.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<StalledSocket> OpenAsync(
        int port, SubscriptionProtocol protocol, string message, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (socket, _) = await UpgradedSocket.OpenAsync(
            port, UpgradedSocket.SourceOf(0), protocol, new byte[KernelBufferSize], KernelBufferSize, cancellationToken);
        await socket.SendAsync(WireFrame.Masked(WireFrame.TextOpcode, Encoding.UTF8.GetBytes(message)), SocketFlags.None, cancellationToken);
        return new StalledSocket(socket, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _living;
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task LiveAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(SignOfLife, clock);
        var pong = WireFrame.Masked(WireFrame.PongOpcode, []);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await _socket.SendAsync(pong, SocketFlags.None, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Disposed, or the server has ended it, which one of the modes asks for.
        }
    }
}
