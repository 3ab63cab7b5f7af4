namespace Flux.Core.Expressions;

/// <summary>The variables of a predicate, with their places.</summary>
internal static class PredicateVariables
{
    public const int Entity = 0;
    public const int Properties = 1;
    public const int Previous = 2;
    public const int Changed = 3;
    public const int Deleted = 4;
    public const int Event = 5;

    public static readonly VariableSet All = VariableSet.Empty
        .With("entity", CelType.String)
        .With("properties", CelType.Map(CelType.String, CelType.Dyn))
        .With("previous", CelType.Map(CelType.String, CelType.Dyn))
        .With("changed", CelType.List(CelType.String))
        .With("deleted", CelType.Bool)
        .With("event", EventRecord.Declaration);
}
