using System.Collections.Concurrent;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>All namespaces and tokens, as far as this silo has heard of them: a look-up, no call.</summary>
public sealed class NamespaceDirectory : ISystemRecordListener
{
    private readonly ConcurrentDictionary<string, NamespaceRecord> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, NamespaceRecord>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly ConcurrentDictionary<TokenHash, TokenOwner> _tokens = [];
    private int _hidden; // how many of the records are: while there are none, no event is looked up

    /// <summary>Initializes a new instance of the <see cref="NamespaceDirectory"/> class.</summary>
    public NamespaceDirectory() => _lookup = _records.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Hears of every record that has changed, after it is in force here. Called on the feed's path.</summary>
    public event Action<NamespaceRecord>? Changed;

    /// <summary>Gets all records, those without an owner included.</summary>
    public IEnumerable<NamespaceRecord> All => _records.Values;

    /// <summary>Finds a namespace.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The record, whoever owns it now; null when it was never registered.</returns>
    public NamespaceRecord? Find(ReadOnlySpan<char> name) => _lookup.TryGetValue(name, out var record) ? record : null;

    /// <summary>Finds the namespace of an entity that is not for everybody to see.</summary>
    /// <param name="entityId">The entity's id.</param>
    /// <returns>The record; null when everybody may see the entity.</returns>
    public NamespaceRecord? FindHidden(string entityId)
    {
        if (Volatile.Read(ref _hidden) == 0)
        {
            return null;
        }

        var slash = entityId.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Find(entityId.AsSpan(0, slash)) is { IsHidden: true } record ? record : null;
    }

    /// <summary>Finds the owner of a token that was issued once, whether it works or not.</summary>
    /// <param name="hash">The token's hash.</param>
    /// <returns>Where it belongs; null when no namespace knows it.</returns>
    public TokenOwner? FindToken(TokenHash hash) => _tokens.GetValueOrDefault(hash);

    /// <inheritdoc/>
    public void OnRecord(string id, PropertyMap properties, long version)
    {
        if (SystemEntity.ToNamespace(id) is not { } name || NamespaceRecord.Read(name, properties, version) is not { } record)
        {
            return;
        }

        var former = _records.GetValueOrDefault(name);
        _records[name] = record;
        Volatile.Write(ref _hidden, _hidden + (record.IsHidden ? 1 : 0) - (former is { IsHidden: true } ? 1 : 0)); // one record at a time comes here
        foreach (var token in record.Tokens)
        {
            var hash = TokenHash.Parse(token.Hash);
            var kept = Defect.IsOn(Defect.KeepsTokens) ? FindToken(hash) : null;
            _tokens[hash] = kept ?? new TokenOwner(record, token);
        }

        foreach (var token in former?.Tokens ?? [])
        {
            if (record.FindToken(token.Id) is null)
            {
                _tokens.TryRemove(TokenHash.Parse(token.Hash), out _);
            }
        }

        Changed?.Invoke(record);
    }
}
