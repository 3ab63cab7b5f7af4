using Flux.Testing.History;
using Flux.Testing.Network;
using Flux.Testing.Processes;
using Npgsql;

namespace Flux.Testing.Cluster;

/// <summary>Several silos on one database, each a real process.</summary>
public sealed class FluxCluster : IAsyncDisposable
{
    private readonly List<ClusterMember> _members = [];
    private readonly Dictionary<ClusterMember, FaultRecord> _splits = [];

    private FluxCluster(string database) => Database = database;

    /// <summary>Gets the connection string of the database, without a link in between.</summary>
    public string Database { get; }

    /// <summary>Gets the silos.</summary>
    public IReadOnlyList<ClusterMember> Members => _members;

    /// <summary>Gets the addresses of all silos.</summary>
    public IReadOnlyList<Uri> Addresses => [.. _members.Select(m => m.Address)];

    /// <summary>Gets what all processes have written.</summary>
    public string Output => string.Join('\n', _members.Select(m => m.Output));

    /// <summary>Makes a cluster whose silos are not started yet.</summary>
    public static FluxCluster Create(string database, FluxClusterOptions options, TimeProvider time)
    {
        var cluster = new FluxCluster(database);
        for (var number = 1; number <= options.Silos; number++)
        {
            var siloPort = FreePort.Next();
            var siloLink = options.HasSiloLinks ? TcpProxy.Start(siloPort, time, cluster.NameOf) : null;
            var connection = new NpgsqlConnectionStringBuilder(database);
            var postgreSqlLink = options.HasPostgreSqlLinks ? TcpProxy.Start(connection.Port, time) : null;
            connection.Port = postgreSqlLink?.Port ?? connection.Port;
            cluster._members.Add(new ClusterMember(
                $"silo-{number}",
                new FluxProcessOptions
                {
                    Postgres = connection.ToString(),
                    Port = FreePort.Next(),
                    SiloPort = siloPort,
                    AdvertisedSiloPort = siloLink?.Port,
                    ManagementPort = FreePort.Next(),
                    Environment = options.Environment,
                },
                siloLink,
                postgreSqlLink,
                time));
        }

        return cluster;
    }

    /// <summary>Starts all silos at once and waits until each is ready.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(_members.Select(m => m.StartAsync(cancellationToken)));

    /// <summary>Cuts a silo off from all others, both ways; all still reach the store. Needs links between the silos.</summary>
    public void Split(ClusterMember member, HistoryRecorder recorder)
    {
        _splits.Add(member, recorder.AnnounceFault(FaultRecord.CutOff, $"{member.Name} from the other silos", member.Node));
        member.SiloLink!.Drop();
        foreach (var other in _members.Where(m => m != member))
        {
            other.SiloLink!.Drop(onlyFrom: member.Name);
        }
    }

    /// <summary>Makes vanish what one silo sends to another, while the other way passes: whichever of the two has made a connection.</summary>
    /// <param name="from">Who sends.</param>
    /// <param name="to">Who hears nothing.</param>
    public static void SplitOneWay(ClusterMember from, ClusterMember to)
    {
        to.SiloLink!.DropOneWay(LinkEnd.Client, onlyFrom: from.Name);
        from.SiloLink!.DropOneWay(LinkEnd.Server, onlyFrom: to.Name);
    }

    /// <summary>Heals a split and records the proof of it: bytes that did not get through.</summary>
    public void Join(ClusterMember member, HistoryRecorder recorder)
    {
        _splits.Remove(member, out var fault);
        var (inward, outward) = (member.SiloLink!.DroppedBytes, _members.Where(m => m != member).Sum(m => m.SiloLink!.DroppedBytes));

        // Two silos may use one connection for both ways, whichever of them made it.
        if (inward + outward > 0)
        {
            recorder.ProveFault(fault!, $"{inward} bytes were dropped on connections to {member.Name} and {outward} on connections from it");
        }

        var heal = recorder.AnnounceFault(FaultRecord.Heal, member.Name, member.Node);
        _members.ForEach(m => m.SiloLink!.Pass());
        recorder.ProveFault(heal, "the links pass");
    }

    /// <summary>Counts the silos that membership has declared dead while their process ran, as far as the processes tell: they end by themselves.</summary>
    public int Evictions => _members.Sum(m => m.UnexpectedExits.Count);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        foreach (var link in _members.SelectMany(m => (TcpProxy?[])[m.SiloLink, m.PostgreSqlLink]).OfType<TcpProxy>())
        {
            await link.DisposeAsync();
        }
    }

    // Which silo a connection comes from, to drop the bytes of one and not of the other.
    private string? NameOf(int port) => _members.FirstOrDefault(m => TcpOwner.Find(port, m.ProcessIds) is not null)?.Name;
}
