using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Namespaces;

namespace Flux.Server.Tests.Namespaces;

/// <summary>A silo's copy of namespaces that a test writes by itself, without a log.</summary>
internal sealed class TestNamespaces(TimeProvider time)
{
    private readonly Dictionary<string, (PropertyMap Properties, long Version)> _records = [];

    public NamespaceDirectory Directory { get; } = new();

    /// <summary>Registers a namespace with one token.</summary>
    public TokenRecord Register(string name)
    {
        var token = NewToken($"first-{Guid.NewGuid():N}");
        Set(name, NamespaceChange.Register("ns_00000000", now: 1, former: Directory.Find(name), token));
        return token;
    }

    public void Change(string name, NamespaceChange change) => Set(name, change.ToProperties());

    public void MakePrivate(string name, bool isPrivate = true) => Change(name, new NamespaceChange { IsPrivate = isPrivate });

    public TokenRecord Issue(string name, string? entityPrefix = null, long? expiresAt = null)
    {
        var token = NewToken($"more-{Guid.NewGuid():N}") with { EntityPrefix = entityPrefix, ExpiresAt = expiresAt };
        Put(name, token);
        return token;
    }

    /// <summary>Adds a token that was made elsewhere, or changes one.</summary>
    public void Put(string name, TokenRecord token) => Change(name, new NamespaceChange { Tokens = [token] });

    public void Revoke(string name, TokenRecord token) => Put(name, token with { RevokedAt = 1 });

    public ReadRights RightsOf(TokenRecord? token) => new(Directory, token is null ? null : TokenHash.Parse(token.Hash), time);

    public static TokenRecord NewToken(string id) => new()
    {
        Id = id,
        Hash = TokenHash.Of(AccessToken.Create(TokenScope.Admin)).ToString(),
        Scope = TokenScope.Admin,
        Label = string.Empty,
        CreatedAt = 1,
    };

    private void Set(string name, List<KeyValuePair<string, byte[]>> properties)
    {
        var (map, version) = _records.GetValueOrDefault(name, (PropertyMap.Empty, 0));
        PropertyChange[] changes = [.. properties.Select(property => new PropertyChange(property.Key, property.Value))];
        var record = _records[name] = (map.Set(changes), version + 1);
        Directory.OnRecord(SystemEntity.OfNamespace(name).Id, record.Properties, record.Version);
    }
}
