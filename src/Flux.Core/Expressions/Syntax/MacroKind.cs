namespace Flux.Core.Expressions.Syntax;

/// <summary>The macros that go through a list or the keys of a map.</summary>
internal enum MacroKind
{
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    TransformMap,
}
