using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class SecretKeyTextTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(n => (byte)(n * 7))];

    [Fact]
    public void Every_writing_of_seed_and_secret_key_is_read()
    {
        using var key = SigningKey.FromSeed(Seed);
        byte[] secretKey = [.. Seed, .. key.PublicKey.AsSpan()];

        foreach (var bytes in new[] { Seed, secretKey })
        {
            var base58 = bytes.Length == 32 ? PublicKey.FromBytes(bytes).ToString() : Signature.FromBytes(bytes).ToString();
            Assert.Equal(bytes, SecretKeyText.Parse(base58));
            Assert.Equal(bytes, SecretKeyText.Parse(Convert.ToBase64String(bytes)));
            Assert.Equal(bytes, SecretKeyText.Parse($" [{string.Join(", ", bytes)}]\n"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[1,2,3]")]
    [InlineData("[1,2,256]")]
    [InlineData("AAECAwQ=")]
    [InlineData("4NMwxzmYj2uvHuq8xoqhY8RXg63KSVJM1DXkpbmkUY7YQWuoyQgFnnzn6yo3CMnqZasnNPNuAT2TLwQsCaKkUddp0")]
    public void What_is_no_key_is_refused_without_showing_it(string text)
    {
        var error = Assert.Throws<FormatException>(() => SecretKeyText.Parse(text));

        Assert.StartsWith("this is no private key", error.Message);
        Assert.True(text.Length < 10 || !error.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_hundred_thousand_mutated_keys_are_read_or_refused()
    {
        var random = new Random(20261121);
        string[] writings = [Convert.ToBase64String(Seed), PublicKey.FromBytes(Seed).ToString(), $"[{string.Join(",", Seed)}]"];
        var read = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var text = writings[i % writings.Length].ToCharArray();
            text[random.Next(text.Length)] = (char)random.Next(128);
            try
            {
                read += SecretKeyText.Parse(text).Length is 32 or 64 ? 1 : throw new InvalidOperationException();
            }
            catch (FormatException)
            {
                continue;
            }
        }

        Assert.NotEqual(0, read);
    }
}
