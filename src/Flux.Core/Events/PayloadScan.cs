using System.Text.Json;
using Flux.Core.Json;

namespace Flux.Core.Events;

/// <summary>The places of <c>entity_id</c> and of the properties in a payload, as offsets into the text it was read from.</summary>
internal readonly struct PayloadScan
{
    private readonly string? _entityId;
    private readonly bool _isDeletion;
    private readonly List<(string Name, int Start, int Length)>? _properties;

    private PayloadScan(string? entityId, bool isDeletion, List<(string Name, int Start, int Length)>? properties)
    {
        _entityId = entityId;
        _isDeletion = isDeletion;
        _properties = properties;
    }

    /// <summary>Reads the object that the reader stands on, to its end.</summary>
    /// <exception cref="EventRefusedException">A property name is too long, or there are too many.</exception>
    public static PayloadScan Read(ref Utf8JsonReader reader)
    {
        string? entityId = null;
        var isDeletion = false;
        List<(string Name, int Start, int Length)>? properties = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonText.CheckName(ref reader, "payload"); // first: comparing a broken name throws
            if (reader.ValueTextEquals("entity_id"u8))
            {
                reader.Read();
                entityId = reader.TokenType == JsonTokenType.String ? JsonText.GetString(ref reader, "payload.entity_id") : null;
                JsonText.CheckAndSkip(ref reader, "payload.entity_id");
            }
            else if (reader.ValueTextEquals("properties"u8))
            {
                reader.Read();
                properties = null;
                isDeletion = false;
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    properties = ReadProperties(ref reader, out isDeletion, EventLimits.MaxPropertiesPerEvent);
                }
                else
                {
                    JsonText.CheckAndSkip(ref reader, "payload.properties");
                }
            }
            else
            {
                reader.Read();
                JsonText.CheckAndSkip(ref reader, "payload");
            }
        }

        return new PayloadScan(entityId, isDeletion, properties);
    }

    /// <summary>Turns the offsets into slices of the payload's own bytes.</summary>
    /// <param name="json">The payload.</param>
    /// <param name="start">Where the payload began in the text that was read.</param>
    public PayloadContent ToContent(byte[] json, int start)
    {
        if (_entityId is null || _properties is null)
        {
            return new PayloadContent(_entityId, EntityChange.None);
        }

        if (_isDeletion)
        {
            return new PayloadContent(_entityId, EntityChange.Deletion);
        }

        var changes = new PropertyChange[_properties.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var (name, valueStart, length) = _properties[i];
            changes[i] = new PropertyChange(name, CompactJson.Of(json.AsMemory(valueStart - start, length)));
        }

        return new PayloadContent(_entityId, EntityChange.Set(changes));
    }

    /// <summary>Reads an object of properties that was written by the fold.</summary>
    public static PropertyChange[] ReadProperties(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EventLimits.MaxDepth + 8 });
        reader.Read();
        return [.. ReadProperties(ref reader, out _, int.MaxValue).Select(p => new PropertyChange(p.Name, json.AsMemory(p.Start, p.Length)))];
    }

    private static List<(string Name, int Start, int Length)> ReadProperties(ref Utf8JsonReader reader, out bool isDeletion, int most)
    {
        // Up to this many names a scan for a repeated one is faster than a set.
        const int scanLimit = 16;

        var properties = new List<(string Name, int Start, int Length)>(4);
        Dictionary<string, int>? index = null;
        isDeletion = false;
        var repeated = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = SharedText.GetPropertyName(ref reader);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var deletes = reader.TokenType == JsonTokenType.True;
            JsonText.CheckAndSkip(ref reader, "payload.properties", name);
            var value = (name, start, (int)reader.BytesConsumed - start);

            var earlier = -1;
            if (index is null)
            {
                for (var i = 0; i < properties.Count && earlier < 0; i++)
                {
                    earlier = string.Equals(properties[i].Name, name, StringComparison.Ordinal) ? i : -1;
                }

                if (properties.Count == scanLimit)
                {
                    index = new Dictionary<string, int>(StringComparer.Ordinal);
                    for (var i = 0; i < properties.Count; i++)
                    {
                        if (properties[i].Name is { } known) // null: set again further on
                        {
                            index[known] = i;
                        }
                    }
                }
            }
            else
            {
                earlier = index.GetValueOrDefault(name, -1);
            }

            if (earlier >= 0)
            {
                properties[earlier] = (null!, 0, 0);
                repeated = true;
            }

            index?[name] = properties.Count;
            properties.Add(value);
            if (properties.Count > most)
            {
                throw new EventRefusedException("too_many_properties",
                    $"payload.properties: more than {most} properties in one event");
            }

            if (string.Equals(name, EntityChange.DeletedProperty, StringComparison.Ordinal))
            {
                isDeletion = deletes;
            }
        }

        if (repeated)
        {
            properties.RemoveAll(p => p.Name is null);
        }

        return properties;
    }
}
