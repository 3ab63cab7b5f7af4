using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Flux.Testing.History;

/// <summary>Reads JSON lines as bytes, so that a million of them cost seconds.</summary>
internal static class HistoryReader
{
    private const int BufferSize = 1 << 20;
    private const int BatchSize = 2048;

    /// <summary>Reads all records of a file, ahead of whoever takes them; none when there is no such file.</summary>
    /// <exception cref="InvalidDataException">A line is no record.</exception>
    public static IEnumerable<(T Record, int Line)> Read<T>(string directory, string file, JsonTypeInfo<T> type)
    {
        using var ahead = new BlockingCollection<List<(T Record, int Line)>>(boundedCapacity: 8);
        using var leaving = new CancellationTokenSource();
        var reading = Task.Run(() => ReadAhead(directory, file, type, ahead, leaving.Token), CancellationToken.None);
        try
        {
            foreach (var batch in ahead.GetConsumingEnumerable(CancellationToken.None))
            {
                foreach (var entry in batch)
                {
                    yield return entry;
                }
            }

            reading.GetAwaiter().GetResult(); // here a line that is no record is heard of
        }
        finally
        {
            leaving.Cancel();
            reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }

    /// <summary>Reads the lines of a file. A line's memory is good until the next one is asked for.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Bytes, int Number)> ReadLines(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var buffer = new byte[BufferSize];
        var (start, end, number) = (0, 0, 0);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                number++;
                if (length > 0)
                {
                    yield return (buffer.AsMemory(start, length), number);
                }

                start += length + 1;
                continue;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }
            else if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                if (end > start)
                {
                    yield return (buffer.AsMemory(start, end - start), number + 1);
                }

                yield break;
            }

            end += read;
        }
    }

    private static void ReadAhead<T>(
        string directory, string file, JsonTypeInfo<T> type, BlockingCollection<List<(T Record, int Line)>> ahead, CancellationToken cancellationToken)
    {
        try
        {
            var batch = new List<(T Record, int Line)>(BatchSize);
            foreach (var (bytes, line) in ReadLines(Path.Combine(directory, file)))
            {
                batch.Add((Parse(file, line, bytes.Span, type), line));
                if (batch.Count == BatchSize)
                {
                    ahead.Add(batch, cancellationToken);
                    batch = new List<(T Record, int Line)>(BatchSize);
                }
            }

            ahead.Add(batch, cancellationToken);
        }
        finally
        {
            ahead.CompleteAdding();
        }
    }

    private static T Parse<T>(string file, int line, ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}:{line} is no record of a history: {e.Message}", e);
        }
    }
}
