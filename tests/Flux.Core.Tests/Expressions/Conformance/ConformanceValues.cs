using System.Globalization;
using System.Text.Json;
using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions.Conformance;

/// <summary>Values and types as the data writes them: protobuf messages in JSON.</summary>
internal static class ConformanceValues
{
    public static CelValue Read(JsonElement json)
    {
        var member = json.EnumerateObject().Single();
        switch (member.Name)
        {
            case "nullValue":
                return CelValue.Null;
            case "boolValue":
                return CelValue.Of(member.Value.GetBoolean());
            case "int64Value":
                return CelValue.Of(long.Parse(member.Value.GetString()!, CultureInfo.InvariantCulture));
            case "uint64Value":
                return CelValue.Of(ulong.Parse(member.Value.GetString()!, CultureInfo.InvariantCulture));
            case "doubleValue":
                return CelValue.Of(member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetDouble() : member.Value.GetString() switch
                {
                    "Infinity" => double.PositiveInfinity,
                    "-Infinity" => double.NegativeInfinity,
                    "NaN" => double.NaN,
                    var other => throw new NotSupportedException($"a double of {other}"),
                });
            case "stringValue":
                return CelValue.Of(member.Value.GetString()!);
            case "bytesValue":
                return CelValue.Of(member.Value.GetBytesFromBase64());
            case "typeValue":
                return CelValue.OfType(member.Value.GetString()!);
            case "listValue":
                var items = member.Value.TryGetProperty("values", out var values) ? values.EnumerateArray().Select(Read).ToArray() : [];
                return CelValue.Of(new CelList(items));
            case "mapValue":
                var entries = member.Value.TryGetProperty("entries", out var all) ? all.EnumerateArray().ToArray() : [];
                var map = new CelDictionary(entries.Length);
                foreach (var entry in entries)
                {
                    map.TryAdd(Read(entry.GetProperty("key")), Read(entry.GetProperty("value")));
                }

                return CelValue.Of(map);
            case "objectValue":
                return ReadMessage(member.Value);
            default:
                throw new NotSupportedException($"a value of the kind {member.Name}");
        }
    }

    public static CelType ReadType(JsonElement json)
    {
        var member = json.EnumerateObject().Single();
        return (member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null) switch
        {
            ("dyn", _) => CelType.Dyn,
            ("null", _) => CelType.Null,
            ("primitive", "BOOL") => CelType.Bool,
            ("primitive", "INT64") => CelType.Int,
            ("primitive", "UINT64") => CelType.Uint,
            ("primitive", "DOUBLE") => CelType.Double,
            ("primitive", "STRING") => CelType.String,
            ("primitive", "BYTES") => CelType.Bytes,
            ("wellKnown", "TIMESTAMP") or ("messageType", "google.protobuf.Timestamp") => CelType.Timestamp,
            ("wellKnown", "DURATION") or ("messageType", "google.protobuf.Duration") => CelType.Duration,
            ("listType", _) => CelType.List(ReadType(member.Value.GetProperty("elemType"))),
            ("mapType", _) => CelType.Map(ReadType(member.Value.GetProperty("keyType")), ReadType(member.Value.GetProperty("valueType"))),
            ("type", _) => CelType.TypeOf(ReadType(member.Value)),
            _ => throw new NotSupportedException($"a type of the kind {member.Name}"),
        };
    }

    /// <summary>Says whether two values are the same, of the same type too; not a number is the same as itself here.</summary>
    public static bool AreSame(in CelValue one, in CelValue other)
    {
        if (one.Kind != other.Kind)
        {
            return false;
        }

        switch (one.Kind)
        {
            case CelKind.Double:
                return one.Double.Equals(other.Double);
            case CelKind.List:
                var (left, right) = (one.List, other.List);
                return left.Count == right.Count && Enumerable.Range(0, left.Count).All(i => AreSame(left.Items[i], right.Items[i]));
            case CelKind.Map:
                var (map, otherMap) = (one.Map, other.Map);
                return map.Count == otherMap.Count && map.Keys.All(key => otherMap.Keys.Any(k => AreSame(k, key))
                    && map.TryGet(key, out var mine) && otherMap.TryGet(key, out var theirs) && AreSame(mine, theirs));
            default:
                return one.IsEqualTo(other);
        }
    }

    private static CelValue ReadMessage(JsonElement json)
    {
        var type = json.GetProperty("@type").GetString()!;
        var function = type switch
        {
            "type.googleapis.com/google.protobuf.Timestamp" => "timestamp",
            "type.googleapis.com/google.protobuf.Duration" => "duration",
            _ => throw new NotSupportedException($"a message {type}"),
        };
        return Expression.Compile($"{function}('{json.GetProperty("value").GetString()}')", VariableSet.Empty).Evaluate(NoVariables.Instance);
    }
}
