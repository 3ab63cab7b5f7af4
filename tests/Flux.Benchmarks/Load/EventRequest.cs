using System.Buffers.Text;
using System.Text;

namespace Flux.Benchmarks.Load;

/// <summary>A publish request of one connection, formatted once; only the digits of entities and values are written anew each time.</summary>
internal sealed class EventRequest
{
    private readonly byte[] _bytes;
    private readonly bool _isSpread;
    private readonly int[] _entityAt; // its first digit
    private readonly int[] _valueAt;

    private EventRequest(byte[] bytes, bool isSpread, int[] entityAt, int[] valueAt)
    {
        _bytes = bytes;
        _isSpread = isSpread;
        _entityAt = entityAt;
        _valueAt = valueAt;
    }

    public int Events => _entityAt.Length;

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Formats a request with <paramref name="events"/> events; one event goes to the single endpoint.</summary>
    public static EventRequest Create(int port, EventShape shape, int events, bool batch, string? token, TimeProvider clock)
    {
        var open = batch ? "{\"events\":[" : "";
        var close = batch ? "]}" : "";
        var eventLength = EventText.EventLength(shape, clock);
        var bodyLength = open.Length + (events * eventLength) + (events - 1) + close.Length;
        var text = new StringBuilder(EventText.RequestHead(port, batch ? "/api/events/batch" : "/api/events", bodyLength, token)).Append(open);
        var entityAt = new int[events];
        var valueAt = new int[events];
        for (var i = 0; i < events; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(EventText.BeforeId(clock));
            var first = EventText.FirstEntity(shape);
            entityAt[i] = text.Length + first.IndexOf('0', StringComparison.Ordinal);
            text.Append(first).Append(EventText.BeforeValue(shape));
            valueAt[i] = text.Length;
            text.Append(Stamp.Origin).Append(EventText.AfterValue(shape));
        }

        // All of it is ASCII, so places in the text are places in the bytes.
        return new EventRequest(Encoding.ASCII.GetBytes(text.Append(close).ToString()), shape == EventShape.Spread, entityAt, valueAt);
    }

    public void SetEntity(int index, int entity)
    {
        var at = _bytes.AsSpan(_entityAt[index]);
        if (_isSpread)
        {
            // Five digits of the namespace, "/e", two of the entity.
            var (number, within) = Math.DivRem(entity, EventText.NamespaceSize);
            WriteDigits(at[..5], number);
            WriteDigits(at.Slice(7, 2), within);
        }
        else
        {
            WriteDigits(at[..EventText.EntityDigits], entity);
        }
    }

    /// <summary>Sets the value, which has to have <see cref="Stamp.Digits"/> digits.</summary>
    public void SetValue(int index, long value) => Utf8Formatter.TryFormat(value, _bytes.AsSpan(_valueAt[index], Stamp.Digits), out _);

    private static void WriteDigits(Span<byte> digits, int number)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            (number, var digit) = Math.DivRem(number, 10);
            digits[i] = (byte)('0' + digit);
        }
    }
}
