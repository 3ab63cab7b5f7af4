using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Measuring;

/// <summary>Makes a server collect all its garbage, so that what is left is what it holds.</summary>
/// <remarks>
/// Over the runtime's diagnostic port: a trace with the keyword GCHeapCollect begins with a full collection. Source of the messages:
/// https://github.com/dotnet/diagnostics/blob/main/documentation/design-docs/ipc-protocol.md.
/// </remarks>
internal static class ManagedHeap
{
    private const int HeaderLength = 20;
    private const byte TracingCommands = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing = 3;
    private const byte OkResponse = 0;
    private const ulong CollectKeyword = 0x80_0000;
    private const uint Informational = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Collects, and returns the bytes that are left in the managed heap.</summary>
    /// <exception cref="BenchmarkException">The server did not do it.</exception>
    public static async Task<long> CollectAsync(int processId, int managementPort, TimeProvider clock, CancellationToken cancellationToken)
    {
        var before = (await ServerMetrics.ReadAsync(managementPort, cancellationToken)).FullCollections;
        using var connection = await ConnectAsync(processId, cancellationToken);
        var session = await SendAsync(connection, CollectTracing, Provider(), cancellationToken);
        var draining = DrainAsync(connection, cancellationToken);
        var start = clock.GetTimestamp();
        ServerMetrics metrics;
        while ((metrics = await ServerMetrics.ReadAsync(managementPort, cancellationToken)).FullCollections == before)
        {
            if (clock.GetElapsedTime(start) > Limit)
            {
                throw new BenchmarkException("The server did not collect its garbage when it was told to.");
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }

        using var other = await ConnectAsync(processId, cancellationToken);
        await SendAsync(other, StopTracing, session, cancellationToken);
        await draining;
        return metrics.HeapBytes;
    }

    private static async Task<Socket> ConnectAsync(int processId, CancellationToken cancellationToken)
    {
        // The runtime names it after the process' start time as well; of an id that was used before, the newest is alive.
        var path = Directory.GetFiles(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{processId}-*-socket"))
            .MaxBy(File.GetCreationTimeUtc) ?? throw new BenchmarkException($"Process {processId} has no diagnostic port.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and returns what follows the head of its answer: the session, in both.</summary>
    private static async Task<byte[]> SendAsync(Socket socket, byte command, byte[] payload, CancellationToken cancellationToken)
    {
        var message = new byte[HeaderLength + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (TracingCommands, command);
        payload.CopyTo(message, HeaderLength);
        await socket.SendAsync(message, SocketFlags.None, cancellationToken);

        var answer = new byte[HeaderLength + sizeof(ulong)];
        for (var filled = 0; filled < answer.Length;)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(filled), SocketFlags.None, cancellationToken);
            filled += read;
            if (read == 0 || (filled > 17 && answer[17] != OkResponse))
            {
                throw new BenchmarkException($"The diagnostic port refused command {command}.");
            }
        }

        return answer[HeaderLength..];
    }

    private static byte[] Provider()
    {
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.Unicode);
        writer.Write(1u);    // MiB of buffer
        writer.Write(1u);    // the format
        writer.Write(false); // no rundown
        writer.Write(1u);    // providers
        writer.Write(CollectKeyword);
        writer.Write(Informational);
        const string Name = "Microsoft-Windows-DotNETRuntime\0";
        writer.Write((uint)Name.Length);
        writer.Write(Encoding.Unicode.GetBytes(Name));
        writer.Write(0u);    // no arguments
        writer.Flush();
        return buffer.ToArray();
    }

    private static async Task DrainAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) > 0)
        {
            // The trace itself says nothing that is wanted here.
        }
    }
}
