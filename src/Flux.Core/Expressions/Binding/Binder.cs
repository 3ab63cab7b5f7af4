using Flux.Core.Events;
using Flux.Core.Expressions.Evaluation;
using Flux.Core.Expressions.Functions;
using Flux.Core.Expressions.Syntax;
using Superpower.Model;

namespace Flux.Core.Expressions.Binding;

/// <summary>Checks the types of an expression and makes the nodes that evaluate it.</summary>
/// <param name="variables">The variables that it may name.</param>
/// <param name="isChecked">False leaves whatever does not fit to the evaluation.</param>
internal sealed class Binder(VariableSet variables, bool isChecked)
{
    private readonly TypeInference _types = new();
    private readonly Scope _scope = new(variables, isChecked);

    /// <summary>Gets the names that were used.</summary>
    public Scope Scope => _scope;

    /// <summary>Gives a type with all that was found out; what stayed open is <c>dyn</c>.</summary>
    public CelType Resolve(CelType type) => _types.Resolve(type, isFinal: true);

    /// <summary>Binds a part of the expression.</summary>
    /// <exception cref="ExpressionException">Its types do not fit.</exception>
    public Bound Bind(SyntaxNode syntax)
    {
        StackGuard.Check();
        return syntax switch
        {
            ConstantSyntax constant => new Bound(TypeOf(constant.Value), new ConstantNode(constant.Value)),
            IdentifierSyntax identifier => _scope.Find(identifier.Name, identifier.IsAbsolute)
                ?? Fault(identifier.Position, $"undeclared name {Shown.Quote(identifier.Name)}"),
            SelectSyntax select => BindSelect(select),
            CallSyntax call => BindCall(call),
            ListSyntax list => BindList(list),
            MapSyntax map => BindMap(map),
            MacroSyntax macro => BindMacro(macro),
            BindSyntax bind => BindBind(bind),
            _ => throw new InvalidOperationException($"there is no binding for {syntax.GetType().Name}"),
        };
    }

    private static CelType TypeOf(in CelValue value) => value.Kind switch
    {
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.Uint => CelType.Uint,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        _ => CelType.Null,
    };

    /// <summary>The name that a chain of selections spells: <c>a.b.c</c>.</summary>
    /// <returns>Null when it begins with something else than a name.</returns>
    private static string? QualifiedName(SyntaxNode syntax) => syntax switch
    {
        IdentifierSyntax identifier => identifier.Name,
        SelectSyntax { IsPresenceTest: false } select when QualifiedName(select.Operand) is { } name => $"{name}.{select.Name}",
        _ => null,
    };

    private static IdentifierSyntax? FirstName(SyntaxNode syntax) => syntax switch
    {
        IdentifierSyntax identifier => identifier,
        SelectSyntax select => FirstName(select.Operand),
        _ => null,
    };

    private Bound Fault(Position position, string reason) =>
        isChecked
            ? throw new ExpressionException(position.Line, position.Column, reason)
            : new Bound(CelType.Dyn, new ConstantNode(CelValue.Of(new CelError(reason))));

    private Bound BindSelect(SelectSyntax select)
    {
        // A qualified name is one name if it is declared: the longest that is.
        if (!select.IsPresenceTest && QualifiedName(select) is { } name)
        {
            var first = FirstName(select)!;
            var isHidden = !first.IsAbsolute && _scope.IsLocal(first.Name);
            if (!isHidden && _scope.Find(name, isAbsolute: true) is { } qualified)
            {
                return qualified;
            }
        }

        var operand = Bind(select.Operand);
        var type = _types.Resolve(operand.Type);
        switch (type.Kind)
        {
            case CelTypeKind.Dyn or CelTypeKind.Variable:
                return Selected(CelType.Dyn);
            case CelTypeKind.Map:
                return _types.TryAssign([CelType.String], [type.Parameters[0]])
                    ? Selected(type.Parameters[1])
                    : Fault(select.Position, $"the keys of {Resolve(type)} are no strings, so '.{Shown.Cut(select.Name)}' selects nothing");
            case CelTypeKind.Record:
                var index = type.IndexOfMember(select.Name);
                return index < 0
                    ? Fault(select.Position, $"'{type.Name}' has no member {Shown.Quote(select.Name)}")
                    : select.IsPresenceTest ? Selected(CelType.Bool)
                    : new Bound(type.Members[index].Type, new MemberNode(operand.Node, index));
            default:
                return Fault(select.Position, $"a value of type {Resolve(type)} has no members");
        }

        Bound Selected(CelType member) => select.IsPresenceTest
            ? new Bound(CelType.Bool, new HasNode(operand.Node, select.Name))
            : new Bound(member, new SelectNode(operand.Node, select.Name));
    }

    private Bound BindCall(CallSyntax call)
    {
        if (call.Function is Operators.And or Operators.Or)
        {
            return BindLogical(call);
        }

        // math.greatest(…) is a function of a qualified name, unless "math" is something here.
        if (call.Target is not null && QualifiedName(call.Target) is { } prefix && FunctionTable.Knows($"{prefix}.{call.Function}")
            && _scope.Find(FirstName(call.Target)!.Name, isAbsolute: false) is null)
        {
            return BindFunction(call, $"{prefix}.{call.Function}", target: null);
        }

        return BindFunction(call, call.Function, call.Target);
    }

    private Bound BindLogical(CallSyntax call)
    {
        var operands = call.Arguments.Select(Bind).ToArray();
        foreach (var operand in operands)
        {
            if (isChecked && !_types.TryAssign([operand.Type], [CelType.Bool]))
            {
                return Mismatch(call, call.Function, isMethod: false, operands);
            }
        }

        return new Bound(CelType.Bool, new LogicalNode([.. operands.Select(o => o.Node)], decisive: call.Function == Operators.Or));
    }

    private Bound BindFunction(CallSyntax call, string name, SyntaxNode? target)
    {
        Bound[] operands = target is null ? [.. call.Arguments.Select(Bind)] : [Bind(target), .. call.Arguments.Select(Bind)];
        if (!FunctionTable.Knows(name))
        {
            return Fault(call.Position, $"undeclared function {Shown.Quote(name)}");
        }

        var nodes = operands.Select(operand => operand.Node).ToArray();
        var function = FunctionTable.Find(name, operands.Length);
        var type = function is null ? null : TypeOfCall(function, isMethod: target is not null, operands);
        if (type is null || function is null)
        {
            return Mismatch(call, name, isMethod: target is not null, operands);
        }

        if (name == "matches" && nodes[1] is ConstantNode { Value.Kind: CelKind.String } constant)
        {
            return Pattern.TryMake(constant.Value.String, out var fault) is { } pattern
                ? new Bound(type, new MatchesNode(nodes[0], pattern))
                : Fault(call.Arguments[^1].Position, fault);
        }

        return new Bound(type, Folding.Fold(function.MakeNode(nodes), nodes));
    }

    private CelType? TypeOfCall(FunctionDefinition function, bool isMethod, Bound[] operands)
    {
        CelType? result = null;
        var given = operands.Select(operand => operand.Type).ToArray();
        foreach (var signature in function.Signatures)
        {
            if (signature.IsMethod != isMethod)
            {
                continue;
            }

            var variables = new Dictionary<CelType, CelType>(ReferenceEqualityComparer.Instance);
            var wanted = signature.Parameters.Select(parameter => TypeInference.Fresh(parameter, variables)).ToArray();
            if (_types.TryAssign(given, wanted))
            {
                var one = _types.Resolve(TypeInference.Fresh(signature.Result, variables));
                result = result is null || result.ToString() == one.ToString() ? one : CelType.Dyn;
            }
        }

        return result ?? (isChecked ? null : CelType.Dyn);
    }

    private Bound Mismatch(CallSyntax call, string function, bool isMethod, Bound[] operands)
    {
        var types = operands.Select(operand => Resolve(operand.Type).ToString()).ToArray();
        var given = isMethod ? $"{types[0]}.({string.Join(", ", types.Skip(1))})" : $"({string.Join(", ", types)})";
        return Fault(call.Position, $"no matching overload for '{Operators.Show(function)}' applied to {given}");
    }

    private Bound BindList(ListSyntax list)
    {
        CelType? type = null;
        var items = new Node[list.Items.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var item = Bind(list.Items[i]);
            items[i] = item.Node;
            type = _types.Join(type, item.Type);
        }

        return new Bound(CelType.List(type ?? TypeInference.Unknown()), Folding.Fold(new ListNode(items), items));
    }

    private Bound BindMap(MapSyntax map)
    {
        (CelType? keyType, CelType? valueType) = (null, null);
        var entries = new (Node Key, Node Value)[map.Entries.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var (key, value) = (Bind(map.Entries[i].Key), Bind(map.Entries[i].Value));
            if (isChecked
                && Resolve(key.Type).Kind is not (CelTypeKind.String or CelTypeKind.Bool or CelTypeKind.Int or CelTypeKind.Uint or CelTypeKind.Dyn))
            {
                return Fault(map.Entries[i].Key.Position, $"a key of a map must be a bool, int, uint or string, not {Resolve(key.Type)}");
            }

            entries[i] = (key.Node, value.Node);
            (keyType, valueType) = (_types.Join(keyType, key.Type), _types.Join(valueType, value.Type));
        }

        return new Bound(
            CelType.Map(keyType ?? TypeInference.Unknown(), valueType ?? TypeInference.Unknown()),
            Folding.Fold(new MapNode(entries), entries.SelectMany(e => new[] { e.Key, e.Value })));
    }

    private Bound BindMacro(MacroSyntax macro)
    {
        var range = Bind(macro.Range);
        var rangeType = _types.Resolve(range.Type);
        CelType itemType;
        switch (rangeType.Kind)
        {
            case CelTypeKind.List or CelTypeKind.Map:
                itemType = rangeType.Parameters[0];
                break;
            case CelTypeKind.Dyn or CelTypeKind.Variable:
                itemType = CelType.Dyn;
                break;
            default:
                itemType = CelType.Dyn;
                if (isChecked)
                {
                    return Fault(macro.Range.Position, $"a macro goes through a list or a map, not through {Resolve(rangeType)}");
                }

                break;
        }

        var isOverPairs = macro.Variables.Count == 2;
        var slot = _scope.Depth;
        if (isOverPairs)
        {
            var isMap = rangeType.Kind == CelTypeKind.Map;
            var keyType = isMap ? itemType : rangeType.Kind == CelTypeKind.List ? CelType.Int : CelType.Dyn;
            _scope.Declare(macro.Variables[0].Name, keyType);
            _scope.Declare(macro.Variables[1].Name, isMap ? rangeType.Parameters[1] : itemType);
        }
        else
        {
            _scope.Declare(macro.Variables[0].Name, itemType);
        }

        var firstType = _scope.TypeOf(slot);
        var filter = macro.Filter is null ? (Bound?)null : Bind(macro.Filter);
        var body = Bind(macro.Body);
        _scope.Leave(slot);

        var (condition, conditionSyntax) = macro.Kind is MacroKind.Map or MacroKind.TransformMap ? (filter, macro.Filter) : (body, macro.Body);
        if (isChecked && condition is { } c && !_types.TryAssign([c.Type], [CelType.Bool]))
        {
            return Fault(conditionSyntax!.Position, $"the condition of a macro must be a bool, not {Resolve(c.Type)}");
        }

        return macro.Kind switch
        {
            MacroKind.All => new Bound(CelType.Bool, new QuantifierNode(range.Node, slot, isOverPairs, body.Node, decisive: false)),
            MacroKind.Exists => new Bound(CelType.Bool, new QuantifierNode(range.Node, slot, isOverPairs, body.Node, decisive: true)),
            MacroKind.ExistsOne => new Bound(CelType.Bool, new ExistsOneNode(range.Node, slot, isOverPairs, body.Node)),
            MacroKind.Filter => new Bound(CelType.List(itemType), new CollectNode(range.Node, slot, isOverPairs, body.Node, transform: null)),
            MacroKind.TransformMap => new Bound(
                CelType.Map(firstType, body.Type), new TransformMapNode(range.Node, slot, filter?.Node, body.Node)),
            _ => new Bound(CelType.List(body.Type), new CollectNode(range.Node, slot, isOverPairs, filter?.Node, body.Node)),
        };
    }

    private Bound BindBind(BindSyntax bind)
    {
        var value = Bind(bind.Value);
        var slot = _scope.Depth;
        _scope.Declare(bind.Variable.Name, value.Type);
        var body = Bind(bind.Body);
        _scope.Leave(slot);
        return new Bound(body.Type, new BindNode(slot, value.Node, body.Node));
    }
}
