namespace Flux.Core.Expressions;

/// <summary>A value with declared members: see <see cref="CelType.Record"/>. A member that was not declared cannot be asked for.</summary>
public abstract class CelRecord
{
    /// <summary>Gets the type that declares the members.</summary>
    public abstract CelType Type { get; }

    /// <summary>Gives a member.</summary>
    /// <param name="index">Its place in the declaration, from 0.</param>
    /// <returns>Its value.</returns>
    public abstract CelValue Get(int index);

    /// <summary>Gives the steps that asking for a member takes: decoding a value is not free, and costs the same every time.</summary>
    internal virtual int CostOf(int index) => 0;
}
