namespace Flux.Testing.History;

/// <summary>The checker's own fold of one entity's rows.</summary>
internal sealed class EntityFold
{
    private readonly Dictionary<string, (byte[] Payload, int Start, int Length)> _properties = new(StringComparer.Ordinal);

    public long Version { get; private set; }

    public byte[] Hash { get; private set; } = RowHash.None;

    public bool Exists => _properties.Count > 0;

    /// <summary>Versions after which the entity did not exist, as ranges from a version (inclusive) to a version (exclusive).</summary>
    public List<(long From, long Until)> Absences { get; } = [(0, long.MaxValue)];

    /// <summary>Adds a row and says how many frames it pushes.</summary>
    public int Apply(Row row)
    {
        var existed = Exists;
        var pushes = Change(row);
        Version = row.Record.Version;
        Hash = row.Record.Hash;
        if (existed && !Exists)
        {
            Absences.Add((Version, long.MaxValue));
        }
        else if (!existed && Exists)
        {
            Absences[^1] = (Absences[^1].From, Version);
        }

        return pushes;
    }

    /// <summary>Whether a JSON object holds exactly these properties.</summary>
    public bool Matches(byte[] properties)
    {
        if (JsonSame.Members(properties) is not { } members || members.Count != _properties.Count)
        {
            return false;
        }

        foreach (var (name, value) in members)
        {
            if (!_properties.TryGetValue(name, out var own) || !JsonSame.Value(own.Payload.AsSpan(own.Start, own.Length), value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether what a row says was there before is what this fold has.</summary>
    public bool WasBefore(Row row)
    {
        var before = row.Record.Before;
        if (row.Meaning.IsDeletion)
        {
            return Exists ? before is not null && before.AsSpan().SequenceEqual("{}"u8) : before is null;
        }

        if (row.Meaning.Properties.Length == 0 || before is null)
        {
            return row.Meaning.Properties.Length == 0 && before is null;
        }

        if (JsonSame.Members(before) is not { } members)
        {
            return false;
        }

        var known = 0;
        foreach (var (name, _, _) in row.Meaning.Properties)
        {
            if (_properties.TryGetValue(name, out var own))
            {
                known++;
                if (!members.TryGetValue(name, out var value) || !JsonSame.Value(own.Payload.AsSpan(own.Start, own.Length), value))
                {
                    return false;
                }
            }
        }

        return known == members.Count;
    }

    private int Change(Row row)
    {
        if (row.Meaning.IsDeletion)
        {
            var existed = Exists;
            _properties.Clear();
            return existed ? 1 : 0;
        }

        foreach (var (name, start, length) in row.Meaning.Properties)
        {
            _properties[name] = (row.Record.Payload, start, length);
        }

        return row.Meaning.Properties.Length;
    }
}
