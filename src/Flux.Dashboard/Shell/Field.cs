namespace Flux.Dashboard.Shell;

/// <summary>What fields of the console have in common.</summary>
internal static class Field
{
    /// <summary>Gets the attributes of a field for what is no prose: ids, names, expressions.</summary>
    public static Dictionary<string, object?> Plain { get; } = new() { ["spellcheck"] = "false", ["autocomplete"] = "off", ["autocapitalize"] = "off" };
}
