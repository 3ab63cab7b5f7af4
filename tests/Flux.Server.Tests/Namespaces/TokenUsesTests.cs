using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Namespaces;

namespace Flux.Server.Tests.Namespaces;

public sealed class TokenUsesTests
{
    private const int Today = 20_000;

    private readonly TestNamespaces _namespaces = new(TimeProvider.System);
    private readonly TokenUses _uses = new();

    [Fact]
    public void A_token_is_noted_once_a_day()
    {
        var owner = Register();

        _uses.Note(owner, Today);
        _uses.Note(owner, Today);
        _uses.Note(owner, Today + 1);

        Assert.Equal([Today, Today + 1], Take().Select(use => use.Day));
    }

    [Fact]
    public void What_is_on_record_is_not_noted_again()
    {
        var owner = Register();
        _namespaces.Put("acme", owner.Token with { LastUsedDay = Today });

        _uses.Note(Find(owner), Today);

        Assert.Empty(Take());
    }

    [Fact]
    public void The_day_on_which_it_was_made_is_on_record_already()
    {
        var owner = Register();
        _namespaces.Put("acme", owner.Token with { CreatedAt = Today * 24L * 60 * 60 * 1000 });

        _uses.Note(Find(owner), Today);

        Assert.Empty(Take());
    }

    [Fact]
    public void What_could_not_be_recorded_is_noted_with_the_next_use()
    {
        var owner = Register();
        _uses.Note(owner, Today);

        _uses.Forget(Assert.Single(Take()));
        _uses.Note(owner, Today);

        Assert.Single(Take());
    }

    private TokenOwner Register() => Find(_namespaces.Register("acme"));

    private TokenOwner Find(TokenOwner owner) => Find(owner.Token);

    private TokenOwner Find(TokenRecord token) => _namespaces.Directory.FindToken(TokenHash.Parse(token.Hash))!;

    private List<TokenUse> Take()
    {
        var taken = new List<TokenUse>();
        while (_uses.Waiting.TryRead(out var use))
        {
            taken.Add(use);
        }

        return taken;
    }
}
