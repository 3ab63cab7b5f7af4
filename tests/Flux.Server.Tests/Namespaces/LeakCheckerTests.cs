using System.Text;

namespace Flux.Server.Tests.Namespaces;

/// <summary>The checker has to find what it is there for.</summary>
public sealed class LeakCheckerTests
{
    private static readonly Tenant Secret = new("secret", "token", "m1a2b3c4", IsPrivate: true);
    private static readonly Tenant Open = new("open", "token", "m5d6e7f8", IsPrivate: false);

    private readonly LeakChecker _checker = new([Secret, Open]);

    [Fact]
    public void A_private_text_that_reaches_somebody_without_its_token_is_a_leak()
    {
        See(holder: null, """{"value":"m1a2b3c4"}""");
        See(Open, "m1a2b3c4");

        Assert.Equal(["secret", "secret"], _checker.Leaks.Select(leak => leak.Owner));
        Assert.All(_checker.Leaks, leak => Assert.Contains("m1a2b3c4", leak.Excerpt, StringComparison.Ordinal));
    }

    [Fact]
    public void A_private_text_that_reaches_its_owner_and_an_open_one_are_none()
    {
        See(Secret, "m1a2b3c4 m5d6e7f8");
        See(holder: null, "m5d6e7f8 and m1a2b3c");

        Assert.Empty(_checker.Leaks);
        Assert.True(_checker.HasShown(Secret, "read"));
        Assert.False(_checker.HasShown(Secret, "push"));
    }

    private void See(Tenant? holder, string text) => _checker.Saw(holder, "read", Encoding.UTF8.GetBytes(text));
}
