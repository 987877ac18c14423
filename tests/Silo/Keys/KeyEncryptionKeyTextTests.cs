using System.Security.Cryptography;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Local;
using Xunit;

namespace Cluster.Tests.Silo.Keys;

public sealed class KeyEncryptionKeyTextTests
{
    private const string Setting = "WALLET_ENCRYPTION_KEY";

    [Fact]
    public void Base64_hex_and_base64url_with_and_without_padding_all_give_the_same_key()
    {
        var bytes = SHA256.HashData("key"u8);
        var base64 = Convert.ToBase64String(bytes);
        foreach (var text in new[]
        {
            base64, base64.TrimEnd('='), base64.Replace('+', '-').Replace('/', '_'), Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), $"  {base64}\n",
        })
        {
            using var key = KeyEncryptionKeyText.Parse(text, Setting);
            Assert.Equal(bytes, key.Span.ToArray());
        }
    }

    [Theory]
    [InlineData(null, "WALLET_ENCRYPTION_KEY is not set")]
    [InlineData("  ", "WALLET_ENCRYPTION_KEY is not set")]
    [InlineData("c2VjcmV0", "it has 8 characters, and base64 of 32 bytes has 44, hex 64")]
    [InlineData("secret-Secret-secret-Secret-secret-Secret-s!", "the character at place 44 of 44 belongs to neither")]
    [InlineData("zecretzecretzecretzecretzecretzecretzecretzecretzecretzecretzecr", "the one at place 1 is not a hex digit")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "all its bytes are the same")]
    [InlineData("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2W=", "its last character is wrong")]
    public void What_is_no_key_is_refused_with_the_reason_and_without_the_text(string? text, string reason)
    {
        var error = Assert.Throws<KeyException>(() => KeyEncryptionKeyText.Parse(text, Setting));

        Assert.Contains(reason, error.Message);
        Assert.StartsWith(Setting, error.Message);
        if (text?.Trim() is { Length: > 0 } secret)
        {
            Assert.DoesNotContain(secret, error.ToString());
        }
    }

    [Fact]
    public void Every_length_but_the_right_ones_is_refused()
    {
        for (var length = 1; length < 200; length++)
        {
            if (length is not (43 or 44 or 64))
            {
                Assert.Throws<KeyException>(() => KeyEncryptionKeyText.Parse(new string('a', length), Setting));
            }
        }
    }
}
