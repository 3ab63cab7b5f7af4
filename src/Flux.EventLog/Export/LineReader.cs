using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Flux.EventLog.Export;

/// <summary>Reads the lines of an export, with the check at the end of each.</summary>
internal sealed class LineReader(Stream input)
{
    private readonly Dictionary<string, object> _members = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Gets the number of the line that was read last, from 1 on.</summary>
    public long Line { get; private set; }

    /// <summary>Gets the digest of all lines up to the one that was read last.</summary>
    public byte[] Digest { get; private set; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>Gets the digest of all lines before the one that was read last.</summary>
    public byte[] DigestBefore { get; private set; } = [];

    public string Type { get; private set; } = string.Empty;

    /// <summary>Reads the next line. Each of its members is to be taken once, and then <see cref="End"/> called.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="FormatException">It is no line of an export, or not the one that was written here.</exception>
    public bool Read()
    {
        Line++;
        if (ReadLine() is not { Length: > 0 } line)
        {
            return false;
        }

        if (line.Span[^1] != '\n')
        {
            throw new FormatException("the file ends in the middle of it");
        }

        // The check first: after it, what is wrong in a line was wrong when it was written.
        var body = line.Length > LineCheck.Length ? line[..^(LineCheck.Length + 1)] : default;
        var digest = LineCheck.Next(Digest, body.Span);
        if (!line.Span[body.Length..].SequenceEqual(LineCheck.Of(digest)))
        {
            throw new FormatException("it is not the line that was written here: it was changed or moved, or one before it is missing");
        }

        (DigestBefore, Digest) = (Digest, digest);
        Parse(line.Span[..^1]);
        Type = Text("type");
        Take("check");
        return true;
    }

    public string Text(string name) => TextOrNull(name) ?? throw new FormatException($"{name} is missing");

    public string? TextOrNull(string name) => Take(name) switch
    {
        null => null,
        byte[] utf8 => Encoding.UTF8.GetString(utf8),
        _ => throw new FormatException($"{name} is no text"),
    };

    public byte[]? BytesOrNull(string name) =>
        Take(name) switch
        {
            byte[] utf8 => utf8,
            null => TextOrNull(name + "_base64") is { } base64 ? Convert.FromBase64String(base64) : null,
            _ => throw new FormatException($"{name} is no text"),
        };

    public byte[] Hash(string name) => Convert.FromHexString(Text(name)) is { Length: SHA256.HashSizeInBytes } hash
        ? hash
        : throw new FormatException($"{name} does not have 32 bytes");

    public long Number(string name) => NumberOrNull(name) ?? throw new FormatException($"{name} is missing");

    public long? NumberOrNull(string name) => Take(name) switch
    {
        null => null,
        long number => number,
        _ => throw new FormatException($"{name} is no whole number"),
    };

    public bool Flag(string name) => Take(name) switch
    {
        null => false,
        bool flag => flag,
        _ => throw new FormatException($"{name} is neither true nor false"),
    };

    /// <summary>Ends a line: whatever it says that nobody has asked for cannot be left out.</summary>
    /// <exception cref="FormatException">There is more in it.</exception>
    public void End()
    {
        if (_members.Keys.FirstOrDefault() is { } unknown)
        {
            throw new FormatException($"{unknown} is not known here");
        }
    }

    private object? Take(string name) => _members.Remove(name, out var value) ? value : null;

    private void Parse(ReadOnlySpan<byte> line)
    {
        _members.Clear();
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                _members[name] = reader.TokenType switch
                {
                    JsonTokenType.String => Unescape(ref reader),
                    JsonTokenType.Number => reader.GetInt64(),
                    JsonTokenType.True or JsonTokenType.False => reader.GetBoolean(),
                    _ => throw new FormatException($"{name} is neither text nor number"),
                };
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"it is no JSON object: {e.Message}", e);
        }
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        var text = new byte[reader.ValueSpan.Length];
        Array.Resize(ref text, reader.CopyString(text));
        return text;
    }

    /// <summary>Reads up to the next line feed, or to the end of the file. It lives until the next call.</summary>
    private ReadOnlyMemory<byte> ReadLine()
    {
        for (var searched = _start; ;)
        {
            var at = Array.IndexOf(_buffer, (byte)'\n', searched, _end - searched);
            if (at >= 0)
            {
                var line = _buffer.AsMemory(_start, at + 1 - _start);
                _start = at + 1;
                return line;
            }

            searched = _end - _start;
            if (_start > 0)
            {
                Array.Copy(_buffer, _start, _buffer, 0, _end - _start);
                (_start, _end) = (0, _end - _start);
            }
            else if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, checked(_buffer.Length * 2));
            }

            var read = input.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                var rest = _buffer.AsMemory(_start, _end - _start);
                _start = _end;
                return rest;
            }

            _end += read;
        }
    }
}
