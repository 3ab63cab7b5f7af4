using System.Globalization;
using System.Text;
using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>The file of one subscriber: a line for each thing that happened, its fields parted by tabs. Frames stand there as they came.</summary>
internal sealed class SubscriptionFile : ISubscriptionRecords
{
    private const int BufferSize = 1 << 16;

    private readonly FileStream _file;
    private readonly Lock _gate = new();

    public SubscriptionFile(string path)
    {
        Path = path;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferSize);
    }

    public string Path { get; }

    public IEnumerable<SubscriptionRecord> Read()
    {
        lock (_gate)
        {
            _file.Flush();
        }

        foreach (var (line, number) in HistoryReader.ReadLines(Path))
        {
            yield return Parse(line, System.IO.Path.GetFileName(Path), number);
        }
    }

    public void Add(SubscriptionRecord record)
    {
        switch (record)
        {
            case SubscriptionRecord.Opened opened:
                Write("open", record.At, opened.Node, Text(opened.Position), opened.Start.Text);
                break;
            case SubscriptionRecord.Received received:
                Write("frame", record.At, received.Raw);
                break;
            case SubscriptionRecord.ReceivedEvent received:
                Write("event", record.At, received.Raw, received.Name, received.Id);
                break;
            case SubscriptionRecord.Ended ended:
                Write("end", record.At, ended.ByClient ? "client" : "server", Text(ended.Code), OneLine(ended.Reason));
                break;
            case SubscriptionRecord.Stalled stalled:
                Write("stalled", record.At, Text(stalled.Since));
                break;
            case SubscriptionRecord.Quiesced quiesced:
                Write("quiesced", record.At, Text(quiesced.Position));
                break;
            default:
                throw new InvalidOperationException($"a {record.GetType().Name} has no line");
        }
    }

    public void Dispose() => _file.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? string.Empty;

    private static long? Number(string text) => text.Length == 0 ? null : long.Parse(text, CultureInfo.InvariantCulture);

    private static SubscriptionRecord Parse(ReadOnlyMemory<byte> line, string file, int number)
    {
        var rest = line;
        var kind = Text(Next(ref rest));
        var at = long.Parse(Next(ref rest).Span, CultureInfo.InvariantCulture);
        switch (kind)
        {
            case "open":
                var node = Text(Next(ref rest));
                var position = Number(Text(Next(ref rest)));
                return new SubscriptionRecord.Opened(at, node, SubscriptionStart.Parse(Text(rest)), position);
            case "frame":
                return new SubscriptionRecord.Received(at, rest.ToArray());
            case "event":
                return new SubscriptionRecord.ReceivedEvent(at, Text(Next(ref rest)), Text(Next(ref rest)), rest.ToArray());
            case "end":
                var byClient = Text(Next(ref rest)) == "client";
                return new SubscriptionRecord.Ended(at, byClient, (int?)Number(Text(Next(ref rest))), Text(rest));
            case "stalled":
                return new SubscriptionRecord.Stalled(at, long.Parse(rest.Span, CultureInfo.InvariantCulture));
            case "quiesced":
                return new SubscriptionRecord.Quiesced(at, long.Parse(rest.Span, CultureInfo.InvariantCulture));
            default:
                throw new InvalidDataException($"{file}:{number} is no line of a subscriber: {kind}");
        }
    }

    private static ReadOnlyMemory<byte> Next(ref ReadOnlyMemory<byte> rest)
    {
        var end = rest.Span.IndexOf((byte)'\t');
        if (end < 0)
        {
            throw new InvalidDataException($"a field is missing in {Text(rest)}");
        }

        var field = rest[..end];
        rest = rest[(end + 1)..];
        return field;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private void Write(string kind, long at, params string[] fields) => Write(kind, at, Encoding.UTF8.GetBytes(fields[^1]), fields[..^1]);

    private void Write(string kind, long at, byte[] last, params string[] fields)
    {
        var head = new StringBuilder(kind).Append('\t').Append(at);
        foreach (var field in fields)
        {
            head.Append('\t').Append(field);
        }

        var bytes = Encoding.UTF8.GetBytes(head.Append('\t').ToString());
        lock (_gate)
        {
            _file.Write(bytes);
            _file.Write(last);
            _file.WriteByte((byte)'\n');
        }
    }
}
