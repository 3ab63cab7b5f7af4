using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Namespaces;

namespace Flux.Core.Tests.Namespaces;

public sealed class NamespaceRecordTests
{
    private static readonly TokenRecord Token = new() { Id = "tok_1", Hash = TokenHash.Of("secret").ToString(), Scope = TokenScope.Admin, Label = "first", CreatedAt = 1 };

    [Fact]
    public void A_registered_name_is_read_back()
    {
        var record = Fold(NamespaceChange.Register("ns_1", now: 7, former: null, Token))!;

        Assert.Equal(("acme", "ns_1", 7L, NamespaceState.Active), (record.Name, record.Id, record.CreatedAt, record.State));
        Assert.False(record.IsHidden);
        Assert.Equal(Token, Assert.Single(record.Tokens));
    }

    [Fact]
    public void Nobody_has_registered_a_name_without_a_record() => Assert.Null(NamespaceRecord.Read("acme", PropertyMap.Empty, version: 0));

    [Fact]
    public void What_was_banned_or_private_stays_hidden_without_an_owner_and_its_name_is_reserved()
    {
        foreach (var hide in new[] { new NamespaceChange { State = NamespaceState.Banned }, new NamespaceChange { IsPrivate = true } })
        {
            var record = Fold(Registered(), hide.ToProperties(), new NamespaceChange { State = NamespaceState.Deleted }.ToProperties())!;

            Assert.True(record is { IsHidden: true, IsReserved: true, IsRegistered: false }, $"{hide}");
        }
    }

    [Fact]
    public void What_was_always_open_stays_readable_without_an_owner_and_its_name_is_free()
    {
        var record = Fold(Registered(), new NamespaceChange { State = NamespaceState.Deleted }.ToProperties())!;

        Assert.True(record is { IsHidden: false, IsReserved: false, IsRegistered: false });
    }

    [Fact]
    public void The_next_owner_of_a_name_gets_none_of_the_former_tokens()
    {
        var former = Fold(Registered());
        var next = Token with { Id = "tok_2", Hash = TokenHash.Of("other").ToString() };

        var record = Fold(Registered(), NamespaceChange.Register("ns_2", now: 8, former, next))!;

        Assert.Equal(("ns_2", "tok_2"), (record.Id, Assert.Single(record.Tokens).Id));
    }

    private static List<KeyValuePair<string, byte[]>> Registered() => NamespaceChange.Register("ns_1", now: 7, former: null, Token);

    private static NamespaceRecord? Fold(params List<KeyValuePair<string, byte[]>>[] changes)
    {
        var properties = PropertyMap.Empty;
        foreach (var change in changes)
        {
            properties = properties.Set([.. change.Select(property => new PropertyChange(property.Key, property.Value))]);
        }

        return NamespaceRecord.Read("acme", properties, changes.Length);
    }
}
