using Flux.Core.Expressions.Binding;
using Flux.Core.Expressions.Evaluation;
using Flux.Core.Expressions.Parsing;

namespace Flux.Core.Expressions;

/// <summary>A text in the Common Expression Language, checked and ready to be evaluated by any number of threads.</summary>
public sealed class Expression
{
    private readonly Node _node;
    private readonly int _localCount;
    private readonly bool[] _uses;

    private Expression(string text, CelType type, Node node, int localCount, bool[] uses)
    {
        (Text, Type, _node, _localCount, _uses) = (text, type, node, localCount, uses);
    }

    /// <summary>Gets the text.</summary>
    public string Text { get; }

    /// <summary>Gets the type of its value, as far as it can be told before the evaluation.</summary>
    public CelType Type { get; }

    /// <summary>Parses and checks a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="variables">The variables that it may name.</param>
    /// <returns>The expression.</returns>
    /// <exception cref="ExpressionException">It is no expression, its types do not fit, or it is beyond a limit.</exception>
    public static Expression Compile(string text, VariableSet variables) => Compile(text, variables, isChecked: true);

    /// <summary>Parses a text and leaves its types to the evaluation: what does not fit is an error of the evaluation then.</summary>
    /// <param name="text">The text.</param>
    /// <param name="variables">The variables that it may name; their types do not matter.</param>
    /// <returns>The expression, of type <c>dyn</c>.</returns>
    /// <exception cref="ExpressionException">It is no expression, or beyond a limit of <see cref="ExpressionLimits"/>.</exception>
    public static Expression CompileUnchecked(string text, VariableSet variables) => Compile(text, variables, isChecked: false);

    /// <summary>Says whether a variable is named anywhere in the expression.</summary>
    /// <param name="index">Its place in the set of variables.</param>
    /// <returns>True when the evaluation may ask for it.</returns>
    public bool Uses(int index) => _uses[index];

    /// <summary>Evaluates the expression.</summary>
    /// <param name="variables">Gives the variables.</param>
    /// <param name="steps">How many steps it may take: see <see cref="ExpressionLimits.DefaultSteps"/>.</param>
    /// <returns>The value, or the error: of the evaluation, or of its cost.</returns>
    public CelValue Evaluate(IVariableSource variables, int steps = ExpressionLimits.DefaultSteps)
    {
        var frame = new Frame(variables, _localCount == 0 ? [] : new CelValue[_localCount], steps);
        var value = _node.Evaluate(ref frame);
        return frame.Steps < 0 ? CelValue.Of(CelError.Cost) : value;
    }

    private static Expression Compile(string text, VariableSet variables, bool isChecked)
    {
        var binder = new Binder(variables, isChecked);
        var bound = binder.Bind(CelGrammar.Read(text));
        return new Expression(text, binder.Resolve(bound.Type), bound.Node, binder.Scope.LocalCount, binder.Scope.Uses);
    }
}
