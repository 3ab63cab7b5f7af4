namespace Flux.Server.Hosting;

/// <summary>The parameters of a request's query: unknown ones are ignored, a repeated one is refused. Source: wire-contract section 1.</summary>
internal readonly struct QueryParameters
{
    private readonly Dictionary<string, string> _values;

    private QueryParameters(Dictionary<string, string> values) => _values = values;

    /// <summary>Reads the query.</summary>
    /// <exception cref="RequestRefusedException">A parameter is there twice, or is not validly encoded.</exception>
    public static QueryParameters Read(HttpRequest request)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
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
            if (!values.TryAdd(name, value))
            {
                throw Invalid($"{name}: is there twice");
            }
        }

        return new QueryParameters(values);
    }

    /// <summary>Gets a parameter; null when it is not there.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Makes the refusal of a parameter.</summary>
    public static RequestRefusedException Invalid(string message) =>
        new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidParameter, message);

    private static string Decode(ReadOnlySpan<char> encoded) =>
        PercentEncoding.TryDecode(encoded, plusIsBlank: true, out var text) ? text : throw Invalid("the query is not valid percent-encoded UTF-8");
}
