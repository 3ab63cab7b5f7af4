using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.World;

/// <summary>An entity on the screen.</summary>
/// <param name="id">Its id.</param>
public sealed class LiveRow(string id)
{
    // More than a line holds.
    private const int MostValues = 8;

    private readonly List<LiveValue> _values = [];
    private int _more;

    /// <summary>Gets its id.</summary>
    public string Id { get; } = id;

    /// <summary>Gets its version.</summary>
    public long Version { get; private set; }

    /// <summary>Gets when it last changed.</summary>
    public DateTimeOffset LastUpdated { get; private set; }

    /// <summary>Gets a value indicating whether it was deleted while it was shown.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Gets its first properties.</summary>
    public IReadOnlyList<LiveValue> Values => _values;

    /// <summary>Gets how many properties there are besides; those that came while it was shown are not counted.</summary>
    public int More => _more;

    /// <summary>Gets the look at which something of it changed.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>Takes over the whole state.</summary>
    /// <param name="properties">All properties.</param>
    /// <param name="version">The version.</param>
    /// <param name="lastUpdated">When it last changed.</param>
    /// <param name="look">The look; 0 for the first, at which nothing changes.</param>
    public void Show(JsonElement properties, long version, DateTimeOffset lastUpdated, long look)
    {
        if (version < Version || (version == Version && !IsGone))
        {
            return; // a list and a subscription overlap
        }

        var before = _values.ToArray();
        _values.Clear();
        (Version, LastUpdated, IsGone, _more, ChangedAt) = (version, lastUpdated, false, 0, look);
        foreach (var property in properties.EnumerateObject())
        {
            if (_values.Count == MostValues)
            {
                _more++;
                continue;
            }

            var text = ValueText.Of(property.Value, ValueText.Short);
            var former = Array.Find(before, value => value.Name == property.Name);
            _values.Add(new LiveValue(property.Name, text, former.Text == text ? former.ChangedAt : look));
        }
    }

    /// <summary>Takes over what an event set.</summary>
    /// <param name="properties">The properties that it set.</param>
    /// <param name="version">The version.</param>
    /// <param name="at">When.</param>
    /// <param name="look">The look.</param>
    public void Change(JsonElement properties, long version, DateTimeOffset at, long look)
    {
        if (version <= Version)
        {
            return;
        }

        if (IsGone)
        {
            _values.Clear();
            _more = 0;
        }

        (Version, LastUpdated, IsGone, ChangedAt) = (version, at, false, look);
        foreach (var property in properties.EnumerateObject())
        {
            var text = ValueText.Of(property.Value, ValueText.Short);
            var index = _values.FindIndex(value => value.Name == property.Name);
            if (index < 0 && _values.Count < MostValues && _more == 0)
            {
                _values.Add(new LiveValue(property.Name, text, look));
            }
            else if (index >= 0 && _values[index].Text != text)
            {
                _values[index] = new LiveValue(property.Name, text, look);
            }
        }
    }

    /// <summary>Takes over that it was deleted.</summary>
    /// <param name="version">The version.</param>
    /// <param name="at">When.</param>
    /// <param name="look">The look.</param>
    public void End(long version, DateTimeOffset at, long look)
    {
        if (version > Version)
        {
            (Version, LastUpdated, IsGone, ChangedAt) = (version, at, true, look);
        }
    }
}
