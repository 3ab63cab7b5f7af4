namespace Flux.Core.Expressions.Functions;

/// <summary>One way to call a function, read from a text such as <c>string.(string) -> bool</c>.</summary>
/// <remarks>Capital letters are types that the call decides.</remarks>
internal sealed record Signature(bool IsMethod, CelType[] Parameters, CelType Result)
{
    public static Signature Parse(string text)
    {
        var variables = new Dictionary<string, CelType>(StringComparer.Ordinal);
        var at = 0;
        var parameters = new List<CelType>();
        var isMethod = text[0] != '(';
        if (isMethod)
        {
            parameters.Add(Read());
            at++; // the dot
        }

        for (at++; text[at] != ')';)
        {
            parameters.Add(Read());
            at += text[at] == ',' ? 2 : 0;
        }

        at += ") -> ".Length;
        return new Signature(isMethod, [.. parameters], Read());

        CelType Read()
        {
            var start = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
            {
                at++;
            }

            var name = text[start..at];
            switch (name)
            {
                case "list":
                    at++;
                    var item = Read();
                    at++;
                    return CelType.List(item);
                case "map":
                    at++;
                    var key = Read();
                    at += ", ".Length;
                    var value = Read();
                    at++;
                    return CelType.Map(key, value);
                case "type":
                    at++;
                    var of = Read();
                    at++;
                    return CelType.TypeOf(of);
                case "dyn": return CelType.Dyn;
                case "null": return CelType.Null;
                case "bool": return CelType.Bool;
                case "int": return CelType.Int;
                case "uint": return CelType.Uint;
                case "double": return CelType.Double;
                case "string": return CelType.String;
                case "bytes": return CelType.Bytes;
                case "timestamp": return CelType.Timestamp;
                case "duration": return CelType.Duration;
                default:
                    if (!variables.TryGetValue(name, out var variable))
                    {
                        variables.Add(name, variable = CelType.Variable(name));
                    }

                    return variable;
            }
        }
    }
}
