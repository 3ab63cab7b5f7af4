namespace Flux.Core.Expressions.Binding;

/// <summary>What is known about the types that an expression leaves open, such as that of the items of <c>[]</c>.</summary>
internal sealed class TypeInference
{
    private Dictionary<CelType, CelType> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes a type that is not known yet.</summary>
    public static CelType Unknown() => CelType.Variable("_");

    /// <summary>Makes a signature's types anew, so that two calls do not share what is found out.</summary>
    public static CelType Fresh(CelType type, Dictionary<CelType, CelType> variables)
    {
        if (type.Kind == CelTypeKind.Variable)
        {
            return variables.TryGetValue(type, out var fresh) ? fresh : variables[type] = Unknown();
        }

        return type.Parameters.Count == 0 ? type : type.With([.. type.Parameters.Select(parameter => Fresh(parameter, variables))]);
    }

    /// <summary>Gives a type with all that is known put in.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isFinal">Whether what is still open becomes <c>dyn</c>.</param>
    public CelType Resolve(CelType type, bool isFinal = false)
    {
        type = Find(type);
        return type.Kind == CelTypeKind.Variable ? isFinal ? CelType.Dyn : type
            : type.Parameters.Count == 0 ? type
            : type.With([.. type.Parameters.Select(parameter => Resolve(parameter, isFinal))]);
    }

    /// <summary>Says whether values can be given where others are wanted, one by one, and remembers what that says about open types.</summary>
    /// <returns>False when one of them cannot; then nothing is remembered.</returns>
    public bool TryAssign(IReadOnlyList<CelType> given, IReadOnlyList<CelType> wanted)
    {
        var before = new Dictionary<CelType, CelType>(_known, ReferenceEqualityComparer.Instance);
        for (var i = 0; i < given.Count; i++)
        {
            if (!Assign(wanted[i], given[i]))
            {
                _known = before;
                return false;
            }
        }

        return true;
    }

    /// <summary>The type of a list's items so far and one more.</summary>
    public CelType Join(CelType? former, CelType next)
    {
        if (former is null)
        {
            return next;
        }

        if (TryAssign([next], [former]))
        {
            return MostGeneral(former, next);
        }

        return TryAssign([former], [next]) ? MostGeneral(next, former) : CelType.Dyn;
    }

    private CelType Find(CelType type)
    {
        while (type.Kind == CelTypeKind.Variable && _known.TryGetValue(type, out var known))
        {
            type = known;
        }

        return type;
    }

    private bool Assign(CelType wanted, CelType given)
    {
        var (wantedEnd, givenEnd) = (LastVariable(wanted), LastVariable(given));
        (wanted, given) = (Find(wanted), Find(given));
        if (ReferenceEquals(wanted, given))
        {
            return true;
        }

        if (wanted.Kind == CelTypeKind.Variable)
        {
            return Remember(wanted, given);
        }

        if (given.Kind == CelTypeKind.Variable)
        {
            return Remember(given, wanted);
        }

        if (wanted.Kind == CelTypeKind.Dyn || given.Kind == CelTypeKind.Dyn)
        {
            // What was found out about an open type gives way to the more general one.
            if (wantedEnd is not null)
            {
                _known[wantedEnd] = CelType.Dyn;
            }

            if (givenEnd is not null && wanted.Kind == CelTypeKind.Dyn)
            {
                _known[givenEnd] = CelType.Dyn;
            }

            return true;
        }

        if (given.Kind == CelTypeKind.Null && wanted.Kind is CelTypeKind.Timestamp or CelTypeKind.Duration)
        {
            return true;
        }

        if (wanted.Kind != given.Kind || !string.Equals(wanted.Name, given.Name, StringComparison.Ordinal))
        {
            return false;
        }

        // The type of a type is a value like any other: int == string compares two types.
        if (wanted.Kind == CelTypeKind.Type)
        {
            return true;
        }

        for (var i = 0; i < wanted.Parameters.Count; i++)
        {
            if (!Assign(wanted.Parameters[i], given.Parameters[i]))
            {
                return false;
            }
        }

        if (wantedEnd is not null)
        {
            _known[wantedEnd] = MostGeneral(wanted, given);
        }

        return true;
    }

    private CelType? LastVariable(CelType type)
    {
        CelType? last = null;
        while (type.Kind == CelTypeKind.Variable)
        {
            last = type;
            if (!_known.TryGetValue(type, out var known))
            {
                break;
            }

            type = known;
        }

        return last;
    }

    private bool Remember(CelType variable, CelType type)
    {
        if (Mentions(type, variable))
        {
            return false;
        }

        _known[variable] = type;
        return true;
    }

    private bool Mentions(CelType type, CelType variable)
    {
        type = Find(type);
        return ReferenceEquals(type, variable) || type.Parameters.Any(parameter => Mentions(parameter, variable));
    }

    private CelType MostGeneral(CelType one, CelType other)
    {
        (one, other) = (Find(one), Find(other));
        if (one.Kind == CelTypeKind.Dyn || other.Kind == CelTypeKind.Dyn)
        {
            return CelType.Dyn;
        }

        return one.Kind is CelTypeKind.List or CelTypeKind.Map && one.Kind == other.Kind
            ? one.With([.. one.Parameters.Zip(other.Parameters, MostGeneral)])
            : one.Kind == CelTypeKind.Null ? other : one;
    }
}
