using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Flux.Grains;
using Flux.Grains.Connections;
using Flux.Grains.Entities;
using Flux.Providers.ChangeStreams;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Flux.Server.Hosting;

/// <summary>The silo: its membership, its ports, how long a call may take and how long an idle grain stays.</summary>
internal static class OrleansSetup
{
    /// <summary>How long a call to a grain may take before nobody knows its outcome. Orleans looks once a second. Source: fault-model F22, answers within 5 s.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(4);

    /// <summary>How many connections membership may have.</summary>
    public const int MembershipConnections = 4;

    private const string ServiceId = "flux";

    // Orleans wants the age above the quantum, and sweeps once a quantum.
    private static readonly TimeSpan LongestQuantum = TimeSpan.FromSeconds(30);

    public static void AddSilo(this WebApplicationBuilder builder, FluxSettings settings) => builder.UseOrleans(silo =>
    {
        ResponsePools.Bound();
        if (settings.Cluster is { } cluster)
        {
            AddMembership(silo, cluster);
        }
        else
        {
            // One silo and no clients from outside: membership is this process, and the gateway port stays shut.
            silo.UseLocalhostClustering(FreePort(IPAddress.Loopback), gatewayPort: 0);
            silo.Configure<EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = IPAddress.Loopback);

            // Every address is in this silo's own directory; a copy of a million of them would be 250 MB.
            silo.Configure<GrainDirectoryOptions>(directory => directory.CachingStrategy = GrainDirectoryOptions.CachingStrategyType.None);
        }

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
        // What a store says stands behind our own exceptions, and has to reach the silo whose client is told.
        silo.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add(nameof(Npgsql)));
        silo.Services.AddSingleton(provider => new EntityActivations(
            isLogShared: settings.Cluster is not null, settings.ActiveEntities, provider.GetRequiredService<Meter>()));
        silo.AddFluxChangeStreams();
        silo.AddConnectionGrain();
    });

    private static void AddMembership(ISiloBuilder silo, ClusterSettings cluster)
    {
        // A pool of its own: a log that is busy, or that hangs, must not make a silo look dead.
        var membership = new NpgsqlConnectionStringBuilder(cluster.Postgres) { ApplicationName = "flux-membership", MaxPoolSize = MembershipConnections, Timeout = 3, CommandTimeout = 3 };
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = "Npgsql";
            clustering.ConnectionString = membership.ConnectionString;
        });

        // A killed silo is declared dead in a second or two, because its connections break; a frozen one after three missed probes. A pause of 3 s
        // is not enough for that. Source: orleans-notes, section 5; fault model, F01 and F07.
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1.5);
            membership.NumMissedProbesLimit = 3;
            membership.NumVotesForDeathDeclaration = 2;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(3);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
            membership.ExtendProbeTimeoutDuringDegradation = false;
        });
        if (cluster.IsPod)
        {
            silo.UseKubernetesHosting(); // cluster, address and port from the pod; follows the pods' deaths
            return;
        }

        silo.Configure<ClusterOptions>(names => (names.ClusterId, names.ServiceId) = (cluster.ClusterId, ServiceId));
        silo.Configure<EndpointOptions>(endpoint =>
        {
            var port = cluster.SiloPort == 0 ? FreePort(cluster.SiloAddress) : cluster.SiloPort;
            endpoint.AdvertisedIPAddress = cluster.SiloAddress;
            endpoint.SiloPort = cluster.AdvertisedPort == 0 ? port : cluster.AdvertisedPort;
            endpoint.SiloListeningEndpoint = new IPEndPoint(IPAddress.Any, port);
            endpoint.GatewayPort = 0; // no clients but these
        });
    }

    private static int FreePort(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port: 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
