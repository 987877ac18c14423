using System.Text;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class KeyTests
{
    // RFC 8032, section 7.1, tests 1 to 3.
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void A_key_signs_as_the_rfc_says(string seed, string publicKey, string message, string signature)
    {
        using var key = SigningKey.FromSeed(Convert.FromHexString(seed));
        var bytes = Convert.FromHexString(message);

        var signed = key.Sign(bytes);

        Assert.Equal(Convert.FromHexString(publicKey), key.PublicKey.AsSpan().ToArray());
        Assert.Equal(Convert.FromHexString(signature), signed.AsSpan().ToArray());
        Assert.True(Ed25519.Verify(key.PublicKey, bytes, signed));
    }

    [Fact]
    public void A_changed_message_signature_or_key_does_not_verify()
    {
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        var message = "pay 5"u8.ToArray();
        var signature = key.Sign(message).AsSpan().ToArray();

        Assert.True(Ed25519.Verify(key.PublicKey, message, signature));
        Assert.False(Ed25519.Verify(other.PublicKey, message, signature));
        Assert.False(Ed25519.Verify(key.PublicKey, "pay 6"u8, signature));
        Assert.False(Ed25519.Verify(key.PublicKey, message, signature.AsSpan(0, 63)));
        signature[7] ^= 1;
        Assert.False(Ed25519.Verify(key.PublicKey, message, signature));
    }

    [Fact]
    public void A_secret_key_of_a_key_file_must_have_the_public_half_of_its_seed()
    {
        using var key = SigningKey.Generate();
        var secretKey = new byte[64];
        key.CopySeedTo(secretKey);
        key.PublicKey.CopyTo(secretKey.AsSpan(32));
        using var read = SigningKey.FromSecretKeyBytes(secretKey);
        Assert.Equal(key.PublicKey, read.PublicKey);

        secretKey[63] ^= 1;

        var error = Assert.Throws<ArgumentException>(() => SigningKey.FromSecretKeyBytes(secretKey));
        Assert.Contains(key.PublicKey.ToString(), error.Message);
        Assert.Throws<ArgumentException>(() => SigningKey.FromSecretKeyBytes(secretKey.AsSpan(0, 63)));
        Assert.Throws<ArgumentException>(() => SigningKey.FromSeed(secretKey));
    }

    [Fact]
    public void Many_threads_sign_with_one_key()
    {
        using var key = SigningKey.Generate();

        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var message = Encoding.UTF8.GetBytes($"message {i}");
            Assert.True(Ed25519.Verify(key.PublicKey, message, key.Sign(message)));
        });
    }

    [Fact]
    public void A_disposed_key_signs_nothing_and_a_key_tells_nothing()
    {
        var key = SigningKey.Generate();
        key.Sign("x"u8);
        Assert.Equal("[redacted]", key.ToString());
        Assert.Equal("[redacted]", $"{key}");

        key.Dispose();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign("x"u8));
        Assert.Throws<ObjectDisposedException>(() => key.CopySeedTo(new byte[32]));
    }

    [Fact]
    public void A_key_disposed_while_others_sign_either_signs_rightly_or_says_that_it_is_disposed()
    {
        for (var round = 0; round < 50; round++)
        {
            var key = SigningKey.Generate();
            Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            {
                if (i == 40) key.Dispose();
                try
                {
                    Assert.True(Ed25519.Verify(key.PublicKey, "m"u8, key.Sign("m"u8)));
                }
                catch (ObjectDisposedException)
                {
                    // What a caller is told that came too late.
                }
            });
            key.Dispose();
        }
    }
}
