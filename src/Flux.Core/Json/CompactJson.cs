namespace Flux.Core.Json;

/// <summary>Takes the blanks between the tokens out of JSON: answers and frames hold none (wire-contract section 1).</summary>
public static class CompactJson
{
    /// <summary>Gives a value without blanks between its tokens. Everything else stays as it was written.</summary>
    /// <param name="json">One valid JSON value in UTF-8, without blanks around it.</param>
    /// <returns>The same memory when it held none.</returns>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json)
    {
        var text = json.Span;
        if (text.IsEmpty || text[0] is not ((byte)'{' or (byte)'[') || text.IndexOfAny(" \t\r\n"u8) < 0)
        {
            return json;
        }

        var compact = new byte[text.Length];
        var (length, inString) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (inString && c == '\\')
            {
                compact[length++] = c;
                c = text[++i];
            }
            else if (c == '"')
            {
                inString = !inString;
            }
            else if (!inString && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            compact[length++] = c;
        }

        return compact.AsMemory(0, length);
    }
}
