using Flux.Core.Namespaces;

namespace Flux.Core.Tests.Namespaces;

public sealed class AccessTokenTests
{
    [Theory]
    [InlineData(TokenScope.Read, "read")]
    [InlineData(TokenScope.Write, "write")]
    [InlineData(TokenScope.Admin, "admin")]
    public void A_token_says_what_it_is_for(TokenScope scope, string kind)
    {
        var token = AccessToken.Create(scope);

        Assert.Matches($"^flux_{kind}_[0-9A-Za-z]{{36}}$", token);
        Assert.True(AccessToken.TryHash(token, out var hash));
        Assert.Equal(TokenHash.Of(token), hash);
    }

    [Fact]
    public void Any_single_wrong_character_is_a_typing_error()
    {
        var token = AccessToken.Create(TokenScope.Write);

        for (var i = 0; i < token.Length; i++)
        {
            var wrong = $"{token[..i]}{(token[i] == 'x' ? 'y' : 'x')}{token[(i + 1)..]}";
            Assert.False(AccessToken.TryHash(wrong, out _), wrong);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("flux_")]
    [InlineData("flux_write_")]
    [InlineData("made-up")]
    [InlineData("flux_owner_0123456789ABCDEFGHIJKLMNOPQRST000000")]
    public void Other_text_is_no_token(string text) => Assert.False(AccessToken.TryHash(text, out _));

    [Fact]
    public void The_checksum_is_the_crc_32_of_what_stands_before_it()
    {
        const string Text = "flux_write_0123456789ABCDEFGHIJKLMNOPQRST";
        var crc = System.IO.Hashing.Crc32.HashToUInt32(System.Text.Encoding.ASCII.GetBytes(Text));
        var digits = string.Empty;
        for (var rest = crc; digits.Length < 6; rest /= 62)
        {
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(int)(rest % 62)] + digits;
        }

        Assert.True(AccessToken.TryHash(Text + digits, out _));
    }

    [Fact]
    public void A_hash_is_read_back_from_its_digits()
    {
        var hash = TokenHash.Of("secret");

        Assert.Equal(hash, TokenHash.Parse(hash.ToString()));
        Assert.NotEqual(hash, TokenHash.Of("secreT"));
        Assert.Equal("2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", hash.ToString());
    }
}
