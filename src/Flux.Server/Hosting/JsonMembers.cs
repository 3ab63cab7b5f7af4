using System.Globalization;
using System.Text.Json;

namespace Flux.Server.Hosting;

/// <summary>The members of an object that a client sent. One that is null counts as left out, and unknown ones are ignored.</summary>
/// <remarks>Whatever is of another type than asked for is refused with its name. It does not outlive the document.</remarks>
internal readonly struct JsonMembers
{
    private readonly JsonElement _object;
    private readonly string _path;

    private JsonMembers(JsonElement json, string path)
    {
        _object = json;
        _path = path;
    }

    /// <summary>Takes a body that has to be an object.</summary>
    /// <exception cref="RequestRefusedException">It is something else.</exception>
    public static JsonMembers Of(JsonElement body) => body.ValueKind == JsonValueKind.Object
        ? new JsonMembers(body, string.Empty)
        : throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "the body must be a JSON object");

    /// <summary>Makes the refusal of a member.</summary>
    public static RequestRefusedException Invalid(string message) => new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidField, message);

    /// <summary>Makes the refusal of a request that leaves out a member.</summary>
    public static RequestRefusedException Missing(string message) => new(StatusCodes.Status400BadRequest, ErrorCodes.MissingField, message);

    public bool? Flag(string name) => Find(name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Invalid($"{_path}{name}: must be true or false"),
    };

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Invalid($"{_path}{name}: must be a string");

    /// <summary>Gets a whole number.</summary>
    /// <param name="name">The member.</param>
    /// <param name="least">The least that is allowed.</param>
    /// <param name="most">The most.</param>
    public long? Number(string name, long least, long most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Invalid(string.Create(CultureInfo.InvariantCulture, $"{_path}{name}: must be a whole number from {least} to {most}"));
    }

    /// <summary>Gets a number.</summary>
    /// <param name="name">The member.</param>
    /// <param name="least">The least that is allowed.</param>
    /// <param name="most">The most.</param>
    public double? Real(string name, double least, double most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Invalid(string.Create(CultureInfo.InvariantCulture, $"{_path}{name}: must be a number from {least} to {most}"));
    }

    public JsonMembers? Object(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new JsonMembers(value, $"{_path}{name}.")
        : throw Invalid($"{_path}{name}: must be an object");

    private JsonElement? Find(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
