using Flux.Core.Events;

namespace Flux.Core.Expressions;

/// <summary>A text is no expression that can be taken. The message says where and why.</summary>
/// <remarks>For example: <c>1:18: no matching overload for 'startsWith' applied to string.(int)</c>.</remarks>
/// <param name="line">The line, from 1.</param>
/// <param name="column">The column, from 1, in UTF-16 code units.</param>
/// <param name="reason">What is wrong there. It is cut to 300 characters: the type of an expression may be as long as the expression.</param>
public sealed class ExpressionException(int line, int column, string reason) : Exception($"{line}:{column}: {Shown.Cut(reason, MaxReason)}")
{
    private const int MaxReason = 300;

    /// <summary>Gets the line, from 1.</summary>
    public int Line => line;

    /// <summary>Gets the column, from 1, in UTF-16 code units.</summary>
    public int Column => column;

    /// <summary>Gets what is wrong there.</summary>
    public string Reason { get; } = Shown.Cut(reason, MaxReason);
}
