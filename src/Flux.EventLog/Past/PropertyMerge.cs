using System.Buffers;
using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Json;

namespace Flux.EventLog.Past;

/// <summary>Sets properties in the text of an object, without a map of it: a look at a large world does so a hundred thousand times.</summary>
internal static class PropertyMerge
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = EventLimits.MaxDepth + 8 };

    /// <summary>Writes an object with some properties set.</summary>
    /// <param name="output">Where to. When the answer is false, what was written is of no use.</param>
    /// <param name="json">The object as the fold writes it: names in ordinal order, each once.</param>
    /// <param name="changes">What is set, in the same order.</param>
    /// <returns>False when a name is of characters whose order in UTF-8 says too little.</returns>
    public static bool TryWrite(IBufferWriter<byte> output, ReadOnlySpan<byte> json, ReadOnlySpan<PropertyChange> changes)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        output.Write("{"u8);
        var (next, isFirst) = (0, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (reader.ValueIsEscaped || !System.Text.Ascii.IsValid(name))
            {
                return false;
            }

            var order = 1;
            for (; next < changes.Length && (order = Compare(changes[next].Name, name)) < 0; next++)
            {
                Write(output, changes[next], ref isFirst);
            }

            var start = (int)reader.TokenStartIndex;
            reader.Read();
            reader.Skip();
            if (next < changes.Length && order == 0)
            {
                Write(output, changes[next++], ref isFirst);
            }
            else
            {
                output.Write(isFirst ? default : ","u8);
                isFirst = false;
                output.Write(json[start..(int)reader.BytesConsumed]);
            }
        }

        for (; next < changes.Length; next++)
        {
            Write(output, changes[next], ref isFirst);
        }

        output.Write("}"u8);
        return true;
    }

    private static void Write(IBufferWriter<byte> output, PropertyChange change, ref bool isFirst)
    {
        output.Write(isFirst ? default : ","u8);
        isFirst = false;
        JsonWrite.String(output, change.Name);
        output.Write(":"u8);
        output.Write(change.Value.Span);
    }

    // Of ASCII the order of units is the same in both, and every other character comes after all of it.
    private static int Compare(string name, ReadOnlySpan<byte> ascii)
    {
        var common = Math.Min(name.Length, ascii.Length);
        for (var i = 0; i < common; i++)
        {
            if (name[i] != ascii[i])
            {
                return name[i] - ascii[i];
            }
        }

        return name.Length - ascii.Length;
    }
}
