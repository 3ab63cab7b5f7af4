using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>A function for a number of arguments: how it may be called, and what it does.</summary>
/// <remarks>Which of its signatures a call means is seen from the values.</remarks>
internal sealed class FunctionDefinition
{
    private readonly Func<Node[], Node> _makeNode;

    public FunctionDefinition(UnaryFunction function, params string[] signatures)
        : this(signatures, arguments => new UnaryNode(function, arguments[0]))
    {
    }

    public FunctionDefinition(BinaryFunction function, params string[] signatures)
        : this(signatures, arguments => new BinaryNode(function, arguments[0], arguments[1]))
    {
    }

    public FunctionDefinition(Function function, params string[] signatures)
        : this(signatures, arguments => new CallNode(function, arguments))
    {
    }

    public FunctionDefinition(Func<Node[], Node> makeNode, params string[] signatures)
        : this(signatures, makeNode)
    {
    }

    private FunctionDefinition(string[] signatures, Func<Node[], Node> makeNode)
    {
        (Signatures, _makeNode) = ([.. signatures.Select(Signature.Parse)], makeNode);
    }

    public IReadOnlyList<Signature> Signatures { get; }

    public Node MakeNode(Node[] arguments) => _makeNode(arguments);
}
