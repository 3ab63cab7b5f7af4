using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Flux.Testing.History;

/// <summary>Writes what load clients see into the files that <see cref="HistoryChecker"/> reads. All clients of a run share one.</summary>
public sealed class HistoryRecorder : IAsyncDisposable
{
    private readonly Dictionary<string, FileStream> _files = new(StringComparer.Ordinal);
    private int _faults;

    /// <summary>Initializes a new instance of the <see cref="HistoryRecorder"/> class.</summary>
    /// <param name="directory">Where the files go. It is made if it is not there.</param>
    public HistoryRecorder(string directory)
    {
        Directory = directory;
        System.IO.Directory.CreateDirectory(directory);
        foreach (var name in (string[])[
            HistoryFiles.Requests, HistoryFiles.Reads, HistoryFiles.Sockets, HistoryFiles.Log, HistoryFiles.State, HistoryFiles.Faults,
            HistoryFiles.Grants, HistoryFiles.Replays])
        {
            // No buffer: whoever looks at a run that goes on finds whole lines.
            _files[name] = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
    }

    /// <summary>Gets where the files are.</summary>
    public string Directory { get; }

    /// <summary>Reads the one clock of a history: monotonic, shared by all clients of the machine.</summary>
    /// <returns>The time, in the clock's ticks.</returns>
    public static long Now() => Stopwatch.GetTimestamp();

    /// <summary>Records a request that wrote.</summary>
    /// <param name="record">The request.</param>
    public void Add(RequestRecord record) => Write(HistoryFiles.Requests, record, HistoryJson.Default.RequestRecord);

    /// <summary>Records a read.</summary>
    /// <param name="record">The read.</param>
    public void Add(ReadRecord record) => Write(HistoryFiles.Reads, record, HistoryJson.Default.ReadRecord);

    /// <summary>Records what happened on a socket.</summary>
    /// <param name="record">What happened.</param>
    public void Add(SocketRecord record) => Write(HistoryFiles.Sockets, record, HistoryJson.Default.SocketRecord);

    /// <summary>Records a row of the log.</summary>
    /// <param name="record">The row.</param>
    public void Add(RowRecord record) => Write(HistoryFiles.Log, record, HistoryJson.Default.RowRecord);

    /// <summary>Records an entity as a node served it.</summary>
    /// <param name="record">The entity.</param>
    public void Add(StateRecord record) => Write(HistoryFiles.State, record, HistoryJson.Default.StateRecord);

    /// <summary>Records who may see what.</summary>
    /// <param name="record">The right, or what it is needed for.</param>
    public void Add(GrantRecord record) => Write(HistoryFiles.Grants, record, HistoryJson.Default.GrantRecord);

    /// <summary>Records a change that a subscription got, or got again.</summary>
    /// <param name="record">The change.</param>
    public void Add(ReplayRecord record) => Write(HistoryFiles.Replays, record, HistoryJson.Default.ReplayRecord);

    /// <summary>Announces a fault. A run whose announced fault is never proved is invalid.</summary>
    /// <param name="kind">The kind, such as <c>kill</c>.</param>
    /// <param name="target">What it is aimed at.</param>
    /// <param name="node">The node that it is aimed at, or <see cref="FaultRecord.AllNodes"/>; null when it is none.</param>
    /// <returns>The announcement, for <see cref="ProveFault"/>.</returns>
    public FaultRecord AnnounceFault(string kind, string target, string? node = null)
    {
        var fault = new FaultRecord { At = Now(), Id = $"fault-{Interlocked.Increment(ref _faults)}", Kind = kind, Target = target, Node = node };
        Write(HistoryFiles.Faults, fault, HistoryJson.Default.FaultRecord);
        return fault;
    }

    /// <summary>Records what shows that a fault happened.</summary>
    /// <param name="fault">The fault, as it was announced.</param>
    /// <param name="proof">What was observed: a pid that is gone, a port that is closed, a rule that was hit.</param>
    /// <param name="node">The node that it met, if that was not known before.</param>
    public void ProveFault(FaultRecord fault, string proof, string? node = null) =>
        Write(HistoryFiles.Faults, fault with { At = Now(), Proof = proof, Node = node ?? fault.Node }, HistoryJson.Default.FaultRecord);

    /// <summary>Hands everything to the file system, so that a checker may read it.</summary>
    public void Flush()
    {
        foreach (var file in _files.Values)
        {
            lock (file)
            {
                file.Flush();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files.Values)
        {
            await file.DisposeAsync();
        }
    }

    private void Write<T>(string file, T record, JsonTypeInfo<T> type)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(record, type), (byte)'\n'];
        var stream = _files[file];
        lock (stream)
        {
            stream.Write(line);
        }
    }
}
