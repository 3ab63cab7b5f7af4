namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>{key: value}</c>.</summary>
internal sealed class MapNode((Node Key, Node Value)[] entries) : Node(entries.Sum(e => e.Key.Size + e.Value.Size) + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var map = new CelDictionary(entries.Length);
        foreach (var (keyNode, valueNode) in entries)
        {
            var key = keyNode.Evaluate(ref frame);
            if (key.Kind is not (CelKind.String or CelKind.Bool or CelKind.Int or CelKind.Uint))
            {
                return key.IsError ? key : CelValue.Of(CelError.KeyType);
            }

            var value = valueNode.Evaluate(ref frame);
            if (value.IsError)
            {
                return value;
            }

            if (!map.TryAdd(key, value))
            {
                return CelValue.Of(CelError.RepeatedKey);
            }
        }

        return CelValue.Of(map);
    }
}
