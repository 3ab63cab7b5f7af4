using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Flux.Testing.History;

/// <summary>Reads JSON lines as bytes, so that a million of them cost seconds.</summary>
internal static class HistoryReader
{
    private const int BufferSize = 1 << 20;

    /// <summary>Reads all records of a file; none when there is no such file.</summary>
    public static IEnumerable<(T Record, int Line)> Read<T>(string directory, string file, JsonTypeInfo<T> type)
    {
        foreach (var (bytes, line) in ReadLines(Path.Combine(directory, file)))
        {
            T record;
            try
            {
                record = JsonSerializer.Deserialize(bytes.Span, type)!;
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{file}:{line} is no record of a history: {e.Message}", e);
            }

            yield return (record, line);
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
}
