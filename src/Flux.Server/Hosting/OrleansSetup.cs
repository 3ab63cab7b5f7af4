using System.Net;
using System.Net.Sockets;
using Flux.Grains.Connections;
using Flux.Providers.ChangeStreams;
using Orleans.Configuration;

namespace Flux.Server.Hosting;

/// <summary>The silo: its membership, its ports, how long a call may take and how long an idle grain stays.</summary>
internal static class OrleansSetup
{
    /// <summary>How long a call to a grain may take before nobody knows its outcome. Source: fault-model F22, answers within 5 s.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    // Orleans wants the age above the quantum, and sweeps once a quantum.
    private static readonly TimeSpan LongestQuantum = TimeSpan.FromSeconds(30);

    public static void AddSilo(this WebApplicationBuilder builder, FluxSettings settings) => builder.UseOrleans(silo =>
    {
        // One silo and no clients from outside: membership is this process, and the gateway port stays shut.
        silo.UseLocalhostClustering(FreeLoopbackPort(), gatewayPort: 0);
        silo.Configure<EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = IPAddress.Loopback);
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = ResponseTimeout;
            messaging.SystemResponseTimeout = ResponseTimeout;
        });
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = settings.CollectionAge;
            collection.CollectionQuantum = TimeSpan.FromTicks(Math.Min(settings.CollectionAge.Ticks / 2, LongestQuantum.Ticks));
            collection.EnableActivationSheddingOnMemoryPressure = true;
        });
        silo.AddFluxChangeStreams();
        silo.AddConnectionGrain();
    });

    private static int FreeLoopbackPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
