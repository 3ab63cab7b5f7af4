using System.Text.Encodings.Web;
using System.Text.Json;
using Flux.Client;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Entity;

/// <summary>The entity on the screen.</summary>
internal sealed class ShownEntity
{
    private const int LongestRaw = 200_000;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<PropertyView> _properties = [];

    /// <summary>Gets a value indicating whether it exists.</summary>
    public bool Exists { get; private set; }

    /// <summary>Gets its version.</summary>
    public long Version { get; private set; }

    /// <summary>Gets when it last changed.</summary>
    public DateTimeOffset LastUpdated { get; private set; }

    /// <summary>Gets when all of it will be deleted; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>Gets it as JSON.</summary>
    public string Raw { get; private set; } = string.Empty;

    /// <summary>Gets its properties that are no claims.</summary>
    public IEnumerable<PropertyView> Properties => _properties.Where(property => !property.IsClaim);

    /// <summary>Gets the claims on it that are held.</summary>
    public IEnumerable<PropertyView> Claims => _properties.Where(property => property.IsClaim && property.Value.ValueKind == JsonValueKind.Object);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        (Exists, Version) = (false, 0);
        _properties.Clear();
    }

    /// <summary>Takes over the whole state.</summary>
    /// <param name="entity">The state with its provenance, as the API gives it.</param>
    /// <param name="look">The look at it; 0 when nothing of it is to be marked as changed.</param>
    /// <returns>False when a newer one is shown already.</returns>
    public bool Show(JsonElement entity, long look)
    {
        var version = entity.GetProperty("version").GetInt64();
        if (Exists && version < Version)
        {
            return false;
        }

        (look, Exists, Version, LastUpdated) = (Exists ? look : 0, true, version, Moment.Read(entity.GetProperty("lastUpdated")));
        ExpiresAt = entity.TryGetProperty("expiresAt", out var expiry) ? Moment.Read(expiry) : null;
        var raw = JsonSerializer.Serialize(entity, Indented);
        Raw = raw.Length <= LongestRaw ? raw : $"{raw.AsSpan(0, LongestRaw)}\n… the API has all of it";
        var sources = entity.GetProperty("provenance");
        var expiries = entity.TryGetProperty("propertiesExpireAt", out var times) ? times : default;
        var former = _properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        _properties.Clear();
        foreach (var value in entity.GetProperty("properties").EnumerateObject())
        {
            var property = former.GetValueOrDefault(value.Name) ?? new PropertyView(value.Name);
            property.Set(value.Value, look);
            property.Source = sources.TryGetProperty(value.Name, out var source) ? source : null;
            property.ExpiresAt = expiries.ValueKind == JsonValueKind.Object && expiries.TryGetProperty(value.Name, out var time) ? Moment.Read(time) : null;
            _properties.Add(property);
        }

        return true;
    }

    /// <summary>Takes over what an event set. Who wrote it and when it expires is known only after the next <see cref="Show"/>.</summary>
    /// <param name="change">The change.</param>
    /// <param name="look">The look at it.</param>
    /// <returns>False when a newer one is shown already.</returns>
    public bool Apply(SubscriptionItem.Change change, long look)
    {
        if (change.Version <= Version)
        {
            return false;
        }

        (Exists, Version, LastUpdated) = (true, change.Version, change.Timestamp);
        foreach (var value in change.Properties.EnumerateObject())
        {
            var property = _properties.Find(property => property.Name == value.Name);
            if (property is null)
            {
                property = new PropertyView(value.Name);
                _properties.Add(property);
            }

            property.Set(value.Value, look);
            (property.Source, property.ExpiresAt) = (null, null);
        }

        return true;
    }

    /// <summary>Takes over that it was deleted.</summary>
    /// <param name="deletion">The deletion.</param>
    /// <returns>False when a newer state is shown already.</returns>
    public bool Apply(SubscriptionItem.EntityDeleted deletion)
    {
        if (deletion.Version <= Version)
        {
            return false;
        }

        Clear();
        Version = deletion.Version;
        return true;
    }
}
