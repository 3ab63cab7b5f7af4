using System.Diagnostics;
using System.Text;

namespace Flux.Testing.History;

/// <summary>Looks for what is a namespace's alone in everything that anybody has received.</summary>
internal sealed class GrantCheck(Findings findings)
{
    // Source: fault model, sections 5 and 7.
    private static readonly long Grace = 5 * Stopwatch.Frequency;

    private readonly List<(string Namespace, byte[] Marker)> _secrets = [];
    private readonly Dictionary<(string Token, string Namespace), (long From, long Until)> _rights = [];

    /// <summary>How often a marker was found where it may be.</summary>
    public long Shown { get; private set; }

    public void Run(string directory)
    {
        foreach (var (record, _) in HistoryReader.Read(directory, HistoryFiles.Grants, HistoryJson.Default.GrantRecord))
        {
            Take(record);
        }

        if (_secrets.Count == 0)
        {
            return;
        }

        foreach (var (read, number) in HistoryReader.Read(directory, HistoryFiles.Reads, HistoryJson.Default.ReadRecord))
        {
            Look(read.Raw, read.Token, read.Answered, read.Client, new HistoryLine(HistoryFiles.Reads, number));
        }

        foreach (var (request, number) in HistoryReader.Read(directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord))
        {
            var line = new HistoryLine(HistoryFiles.Requests, number);
            Look(request.Refusal, request.Token, request.Answered, request.Client, line);
            foreach (var error in request.Events.Select(e => e.Error).OfType<string>())
            {
                Look(Encoding.UTF8.GetBytes(error), request.Token, request.Answered, request.Client, line);
            }
        }

        LookAtSockets(directory);
    }

    private void LookAtSockets(string directory)
    {
        var tokens = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (record, number) in HistoryReader.Read(directory, HistoryFiles.Sockets, HistoryJson.Default.SocketRecord))
        {
            if (record.Kind == SocketRecord.Open)
            {
                tokens[record.Socket] = record.Token;
            }

            Look(record.Raw, tokens.GetValueOrDefault(record.Socket), record.At, record.Socket, new HistoryLine(HistoryFiles.Sockets, number));
        }
    }

    private void Take(GrantRecord record)
    {
        switch (record.Kind)
        {
            case GrantRecord.Secret:
                _secrets.Add((record.Namespace, Encoding.UTF8.GetBytes(record.Marker!)));
                break;
            case GrantRecord.Grant:
                _rights[(record.Token!, record.Namespace)] = (record.At, long.MaxValue);
                break;
            default:
                _rights[(record.Token!, record.Namespace)] = (_rights[(record.Token!, record.Namespace)].From, record.At + Grace);
                break;
        }
    }

    private void Look(byte[]? received, string? token, long at, string who, HistoryLine line)
    {
        foreach (var (ns, marker) in _secrets)
        {
            if (received is null || received.AsSpan().IndexOf(marker) < 0)
            {
                continue;
            }

            if (token is not null && _rights.TryGetValue((token, ns), out var right) && at >= right.From && at <= right.Until)
            {
                Shown++;
            }
            else
            {
                findings.Add(HistoryCount.CrossTenant, $"{who}, with {(token is null ? "no token" : $"the token {token}")}, received what is {ns}'s alone", line);
            }
        }
    }
}
