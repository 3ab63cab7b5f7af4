namespace Flux.Core.Expressions.Evaluation;

/// <summary>An operation that is ready to be evaluated. Nodes hold no state, so threads share them.</summary>
/// <remarks>
/// A tree of these, not generated code: it judges an ordinary predicate in about a tenth of a microsecond, costs nothing to make,
/// and is garbage when the last subscription with it has gone.
/// </remarks>
/// <param name="size">How many operations it stands for, itself included: what a turn of a loop costs.</param>
internal abstract class Node(int size)
{
    public int Size => size;

    public abstract CelValue Evaluate(ref Frame frame);

    protected static int Sum(IEnumerable<Node> nodes) => nodes.Sum(node => node.Size);
}
