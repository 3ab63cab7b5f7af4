using System.Text.Json.Serialization;
using Flux.Core.Log;

namespace Flux.Core.Namespaces;

/// <summary>A token of a namespace, without its secret.</summary>
[GenerateSerializer, Immutable, Alias("flux.token-record")]
public sealed record TokenRecord
{
    private const long SecondsOfDay = 24 * 60 * 60;

    /// <summary>Gets its id within the namespace, for people and paths: <c>tok_</c> and 8 characters.</summary>
    [JsonIgnore, Id(0)]
    public string Id { get; init; } = string.Empty;

    /// <summary>Gets the SHA-256 of its text, in hexadecimal digits.</summary>
    [Id(1)]
    public required string Hash { get; init; }

    /// <summary>Gets what its holder may do.</summary>
    [Id(2)]
    public required TokenScope Scope { get; init; }

    /// <summary>Gets what its owner calls it.</summary>
    [Id(3)]
    public required string Label { get; init; }

    /// <summary>Gets what the ids must begin with that it opens, namespace included; null for all of the namespace.</summary>
    [Id(4)]
    public string? EntityPrefix { get; init; }

    /// <summary>Gets when it was made, in Unix milliseconds.</summary>
    [Id(5)]
    public required long CreatedAt { get; init; }

    /// <summary>Gets when it stops working, in Unix milliseconds; null for never.</summary>
    [Id(6)]
    public long? ExpiresAt { get; init; }

    /// <summary>Gets when it was revoked, in Unix milliseconds; null when it was not.</summary>
    [Id(7)]
    public long? RevokedAt { get; init; }

    /// <summary>Gets the id of the token that takes its place, when it was rotated.</summary>
    [Id(8)]
    public string? ReplacedBy { get; init; }

    /// <summary>Gets the last day on which it was used, in days since 1970-01-01 UTC; null when it was not since the day it was made.</summary>
    [Id(9)]
    public int? LastUsedDay { get; init; }

    /// <summary>Gives the day of a moment, as <see cref="LastUsedDay"/> counts them.</summary>
    /// <param name="now">The moment.</param>
    /// <returns>Days since 1970-01-01 UTC.</returns>
    public static int DayOf(DateTimeOffset now) => (int)(now.ToUnixTimeSeconds() / SecondsOfDay);

    /// <summary>Says whether a use on that day has to be recorded: once a day, and not on the day it was made, which is on record already.</summary>
    /// <param name="day">The day of the use.</param>
    /// <returns>False when it is known.</returns>
    public bool IsNewsOn(int day) => day > (LastUsedDay ?? (CreatedAt / 1000 / SecondsOfDay));

    /// <summary>Says whether it opens anything at a moment.</summary>
    /// <param name="now">The moment.</param>
    /// <returns>False once it is revoked or has expired.</returns>
    public bool IsValidAt(Timestamp now) => RevokedAt is null && (ExpiresAt is not { } end || now.Microseconds < end * 1000);

    /// <summary>Says whether its prefix lets it touch an entity of its namespace.</summary>
    /// <param name="entityId">The entity's id.</param>
    /// <returns>True when it may.</returns>
    public bool Reaches(string entityId) => EntityPrefix is null || entityId.StartsWith(EntityPrefix, StringComparison.Ordinal);
}
