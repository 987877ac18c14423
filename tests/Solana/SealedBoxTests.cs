using System.Security.Cryptography;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class SealedBoxTests
{
    /// <summary>RFC 9180, appendix A.1.1: the RFC's X25519 vectors have AES-128-GCM, which differs in its number and key size alone.</summary>
    [Fact]
    public void The_published_vector_comes_out()
    {
        using var ephemeral = SealingKey.FromPrivateBytes(Convert.FromHexString("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"));
        using var recipient = SealingKey.FromPrivateBytes(Convert.FromHexString("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"));

        var sealedBytes = SealedBox.SealWith(
            HpkeSuite.Aes128,
            ephemeral,
            recipient.PublicKey.Span,
            Convert.FromHexString("4f6465206f6e2061204772656369616e2055726e"),
            "Count-0"u8,
            Convert.FromHexString("4265617574792069732074727574682c20747275746820626561757479"));

        Assert.Equal(
            "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
            + "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
            Convert.ToHexStringLower(sealedBytes));
    }

    [Fact]
    public void What_was_sealed_opens_with_the_key_and_purpose_that_it_was_sealed_for_and_no_other()
    {
        using var key = SealingKey.Generate();
        using var other = SealingKey.Generate();
        var secret = RandomNumberGenerator.GetBytes(32);
        var box = SealedBox.Seal(key.PublicKey.Span, "import a"u8, secret);
        var opened = new byte[32];

        key.Open(box, "import a"u8, opened);

        Assert.Equal(secret, opened);
        Assert.ThrowsAny<CryptographicException>(() => key.Open(box, "import b"u8, new byte[32]));
        Assert.ThrowsAny<CryptographicException>(() => other.Open(box, "import a"u8, new byte[32]));
    }

    [Fact]
    public void Every_changed_bit_and_every_missing_byte_is_noticed()
    {
        using var key = SealingKey.Generate();
        var box = SealedBox.Seal(key.PublicKey.Span, ""u8, new byte[32]);
        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            // The highest bit of an X25519 public key is ignored (RFC 7748), but the key schedule is not: it binds the bytes.
            box[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<CryptographicException>(() => key.Open(box, ""u8, new byte[32]));
            box[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < box.Length; length++)
        {
            Assert.ThrowsAny<CryptographicException>(() => key.Open(box.AsSpan(0, length), ""u8, new byte[32]));
        }

        key.Open(box, ""u8, new byte[32]);
    }

    [Fact]
    public void Nothing_is_sealed_to_a_key_of_small_order_or_of_another_size()
    {
        Assert.ThrowsAny<CryptographicException>(() => SealedBox.Seal(new byte[32], ""u8, new byte[32]));
        Assert.ThrowsAny<CryptographicException>(() => SealedBox.Seal(new byte[31], ""u8, new byte[32]));
    }
}
