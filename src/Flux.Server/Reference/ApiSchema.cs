namespace Flux.Server.Reference;

/// <summary>Names shapes that an area describes.</summary>
internal static class ApiSchema
{
    /// <summary>Where the shapes are in both documents.</summary>
    public const string Place = "#/components/schemas/";

    /// <summary>Gives the schema of a shape.</summary>
    public static string Of(string name) => $$"""{"$ref":"{{Place}}{{name}}"}""";

    /// <summary>Gives the schema of an array of shapes.</summary>
    public static string ListOf(string name) => $$"""{"type":"array","items":{{Of(name)}}}""";
}
