using System.Globalization;

namespace Flux.Server.Hosting;

/// <summary>The parameters of a request's query: unknown ones are ignored, a repeated one is refused. Source: wire-contract section 1.</summary>
internal readonly struct QueryParameters
{
    private readonly Dictionary<string, string> _values;
    private readonly List<(string Name, string Value)> _repeated;

    private QueryParameters(Dictionary<string, string> values, List<(string Name, string Value)> repeated) => (_values, _repeated) = (values, repeated);

    /// <summary>Reads the query.</summary>
    /// <param name="request">The request.</param>
    /// <param name="repeatable">The parameters that may be there several times.</param>
    /// <exception cref="RequestRefusedException">Another parameter is there twice, or one is not validly encoded.</exception>
    public static QueryParameters Read(HttpRequest request, params ReadOnlySpan<string> repeatable)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var repeated = new List<(string Name, string Value)>();
        var query = request.QueryString.Value.AsSpan().TrimStart('?');
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf('=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = Decode(equals < 0 ? [] : pair[(equals + 1)..]);
            if (repeatable.Contains(name))
            {
                repeated.Add((name, value));
            }
            else if (!values.TryAdd(name, value))
            {
                throw Invalid($"{name}: is there twice");
            }
        }

        return new QueryParameters(values, repeated);
    }

    /// <summary>Reads some parameters of the query. What else there is, however often, is ignored, broken encoding too.</summary>
    /// <param name="request">The request.</param>
    /// <param name="names">The parameters; plain letters.</param>
    /// <exception cref="RequestRefusedException">One of them is there twice, or its value is not validly encoded.</exception>
    public static QueryParameters ReadOnly(HttpRequest request, params ReadOnlySpan<string> names)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var query = request.QueryString.Value.AsSpan().TrimStart('?');
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            foreach (var name in names)
            {
                if ((equals < 0 ? pair : pair[..equals]).SequenceEqual(name) && !values.TryAdd(name, Decode(equals < 0 ? [] : pair[(equals + 1)..])))
                {
                    throw Invalid($"{name}: is there twice");
                }
            }
        }

        return new QueryParameters(values, []);
    }

    /// <summary>Gets all values of a parameter that may be there several times.</summary>
    public IReadOnlyList<string> All(string name) => [.. _repeated.Where(pair => pair.Name == name).Select(pair => pair.Value)];

    /// <summary>Gets a parameter; null when it is not there.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Gets a whole number; null when it is not there.</summary>
    /// <exception cref="RequestRefusedException">It is something else.</exception>
    public ulong? Number(string name)
    {
        if (this[name] is not { } text)
        {
            return null;
        }

        // Digits only: the platform's own parser takes blanks and signs as well.
        return text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NotWhole(name);
    }

    /// <summary>Makes the refusal of a parameter that is no whole number, or too large.</summary>
    public static RequestRefusedException NotWhole(string name) => Invalid($"{name}: must be a whole number, 0 or more");

    /// <summary>Makes the refusal of a parameter.</summary>
    public static RequestRefusedException Invalid(string message) =>
        new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidParameter, message);

    private static string Decode(ReadOnlySpan<char> encoded) =>
        PercentEncoding.TryDecode(encoded, plusIsBlank: true, out var text) ? text : throw Invalid("the query is not valid percent-encoded UTF-8");
}
