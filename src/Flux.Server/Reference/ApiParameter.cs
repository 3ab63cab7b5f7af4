namespace Flux.Server.Reference;

/// <summary>A parameter of a route. Parameters of the path are required, those of the query and the head are not, unless it is said.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means, in Markdown.</param>
/// <param name="Schema">What it may be: a JSON Schema.</param>
internal sealed record ApiParameter(string Name, string Description, string Schema = ApiParameter.Text)
{
    public const string Text = """{"type":"string"}""";
    public const string Number = """{"type":"integer","minimum":0}""";
    public const string Time = """{"type":"string","format":"date-time"}""";

    /// <summary>Asks for a table.</summary>
    public static readonly ApiParameter Format = new("format", "`csv`: as a table, as with `Accept: text/csv`.", """{"enum":["json","csv"],"default":"json"}""");

    /// <summary>Gets where it stands: in the query, the path or the header.</summary>
    public string In { get; init; } = "query";

    /// <summary>Gets a value indicating whether a request must have it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Makes one of the path.</summary>
    public static ApiParameter OfPath(string name, string description) => new(name, description) { In = "path", IsRequired = true };

    /// <summary>Makes one of the head.</summary>
    public static ApiParameter OfHead(string name, string description) => new(name, description) { In = "header" };

    /// <summary>Makes one of the query that a request must have.</summary>
    public static ApiParameter Required(string name, string description) => new(name, description) { IsRequired = true };

    /// <summary>Makes one of the query that is a whole number within bounds; what is outside is taken for the nearest.</summary>
    public static ApiParameter Limit(int most, int usual) =>
        new("limit", $"At most so many: 1 to {most:N0}; what is outside is taken for the nearest.", $$"""{"type":"integer","minimum":1,"maximum":{{most}},"default":{{usual}}}""");
}
