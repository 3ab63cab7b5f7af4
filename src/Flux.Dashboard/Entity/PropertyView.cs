using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Entity;

/// <summary>A property of the entity that is looked at.</summary>
internal sealed class PropertyView(string name)
{
    /// <summary>The most characters that are shown before a person asks for all.</summary>
    public const int Short = 300;

    private const string Claim = "$claim";
    private const string KeyedClaim = "$claim/";

    // More than anybody reads on a page.
    private const int Longest = 1_000_000;

    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the value.</summary>
    public JsonElement Value { get; private set; }

    /// <summary>Gets the value as text; cut unless all of it was asked for.</summary>
    public string Text { get; private set; } = string.Empty;

    /// <summary>Gets a value indicating whether there is more of it than is shown.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Gets the look at which it changed before the eyes of the person; 0 when it has not.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>Gets or sets the event that set it, as the API tells; null when it lies too far back.</summary>
    public JsonElement? Source { get; set; }

    /// <summary>Gets or sets when it becomes null by itself; null for never, or when that is not known yet.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Gets a value indicating whether it is a claim on the entity, or on a key in it.</summary>
    public bool IsClaim => Name == Claim || Name.StartsWith(KeyedClaim, StringComparison.Ordinal);

    /// <summary>Gets the key in the entity that is claimed; empty for the entity itself.</summary>
    public string ClaimedKey => Name == Claim ? string.Empty : Name[KeyedClaim.Length..];

    /// <summary>Gets what kind of value it is.</summary>
    public string Type => Value.ValueKind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "yes or no",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "object",
        _ => "null",
    };

    /// <summary>Takes over a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="look">The look; 0 when nothing was shown before.</param>
    /// <returns>True when it is another one.</returns>
    public bool Set(JsonElement value, long look)
    {
        var isSame = Value.ValueKind == value.ValueKind && Value.GetRawText() == value.GetRawText();
        if (!isSame)
        {
            (Value, ChangedAt) = (value, look);
            Show(Short);
        }

        return !isSame;
    }

    /// <summary>Shows all of it, up to a million characters.</summary>
    public void ShowAll() => Show(Longest);

    private void Show(int most)
    {
        Text = ValueText.Of(Value, most);
        IsCut = most < Longest && Text.Length >= most && Text.EndsWith('…');
    }
}
