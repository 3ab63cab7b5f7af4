using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Flux.Core.Json;

namespace Flux.EventLog.Export;

/// <summary>Writes the lines of an export. Each ends with a check over all lines up to it, so that a line that was changed, moved or removed is named.</summary>
/// <remarks>docs/log-format.md describes the format.</remarks>
internal sealed class LineWriter(Stream output)
{
    private const int FlushBytes = 128 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes * 2);
    private int _lineStart;
    private bool _isFirstMember;

    /// <summary>Gets the digest of all lines so far, 32 bytes.</summary>
    public byte[] Digest { get; private set; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>Begins a line.</summary>
    public LineWriter Begin(string type)
    {
        _lineStart = _buffer.WrittenCount;
        _buffer.Write("{"u8);
        _isFirstMember = true;
        return Text("type", type);
    }

    /// <summary>Adds a text; nothing for null.</summary>
    public LineWriter Text(string name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            JsonWrite.String(_buffer, value);
        }

        return this;
    }

    /// <summary>Adds a number; nothing for null.</summary>
    public LineWriter Number(string name, long? value)
    {
        if (value is { } number)
        {
            Name(name);
            JsonWrite.Number(_buffer, number);
        }

        return this;
    }

    /// <summary>Adds <c>true</c>; nothing for false.</summary>
    public LineWriter Flag(string name, bool value)
    {
        if (value)
        {
            Name(name);
            _buffer.Write("true"u8);
        }

        return this;
    }

    /// <summary>Adds a hash as hexadecimal digits.</summary>
    public LineWriter Hash(string name, ReadOnlySpan<byte> value) => Text(name, Convert.ToHexStringLower(value));

    /// <summary>Adds JSON as a text that holds exactly its bytes; nothing for null.</summary>
    /// <param name="name">The member. Its name gets the suffix <c>_base64</c> for bytes that are no UTF-8.</param>
    /// <param name="value">The bytes.</param>
    public LineWriter Bytes(string name, ReadOnlySpan<byte> value)
    {
        if (!System.Text.Unicode.Utf8.IsValid(value))
        {
            return Text(name + "_base64", Convert.ToBase64String(value));
        }

        var text = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(value.Length));
        Name(name);
        JsonWrite.String(_buffer, text.AsSpan(0, Encoding.UTF8.GetChars(value, text)));
        ArrayPool<char>.Shared.Return(text);
        return this;
    }

    /// <summary>Ends a line.</summary>
    public void End()
    {
        Digest = LineCheck.Next(Digest, _buffer.WrittenSpan[_lineStart..]);
        _buffer.Write(LineCheck.Of(Digest));
        if (_buffer.WrittenCount >= FlushBytes)
        {
            Flush();
        }
    }

    /// <summary>Hands everything to the output.</summary>
    public void Flush()
    {
        output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    private void Name(string name)
    {
        if (!_isFirstMember)
        {
            _buffer.Write(","u8);
        }

        _isFirstMember = false;
        JsonWrite.String(_buffer, name);
        _buffer.Write(":"u8);
    }
}
