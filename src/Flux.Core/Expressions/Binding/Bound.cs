using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Binding;

/// <summary>A checked part of an expression: its type and what evaluates it.</summary>
internal readonly record struct Bound(CelType Type, Node Node);
