using System.Security.Cryptography;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Local;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Silo.Keys;

public sealed class KeyEnvelopeTests
{
    private readonly KeyEnvelope _envelope = new(Ring("first"));

    [Fact]
    public async Task What_was_sealed_opens_to_the_same_key()
    {
        using var key = SigningKey.Generate();

        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);
        using var opened = await _envelope.Open(sealedKey, CancellationToken.None);

        Assert.Equal(key.PublicKey, opened.PublicKey);
        Assert.Equal(key.Sign("message"u8), opened.Sign("message"u8));
    }

    [Fact]
    public async Task Neither_the_seed_nor_the_data_key_lies_open_in_what_is_stored()
    {
        using var key = SigningKey.Generate();
        var seed = new byte[SigningKey.SeedSize];
        key.CopySeedTo(seed);

        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);

        Assert.Equal(-1, sealedKey.Ciphertext.Span.IndexOf(seed));
        Assert.Equal(-1, sealedKey.WrappedDataKey.Span.IndexOf(seed));
        Assert.Equal("sealed key 1 of wallet treasury", sealedKey.ToString());
    }

    [Fact]
    public async Task Sealed_twice_nothing_repeats()
    {
        using var key = SigningKey.Generate();

        var first = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);
        var second = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);

        Assert.False(first.Ciphertext.Span.SequenceEqual(second.Ciphertext.Span));
        Assert.False(first.WrappedDataKey.Span.SequenceEqual(second.WrappedDataKey.Span));
    }

    [Fact]
    public async Task A_key_moved_to_another_wallet_does_not_open_and_the_reason_is_given()
    {
        using var key = SigningKey.Generate();
        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);

        var moved = await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(sealedKey with { WalletId = "mallory" }, CancellationToken.None));

        Assert.Equal("The key of wallet mallory (version 1) does not open: the row belongs to another wallet, or it is damaged.", moved.Message);
    }

    [Fact]
    public async Task Every_flipped_bit_is_noticed()
    {
        using var key = SigningKey.Generate();
        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);

        for (var bit = 0; bit < sealedKey.Ciphertext.Length * 8; bit++)
        {
            await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(sealedKey with { Ciphertext = Flip(sealedKey.Ciphertext, bit) }, CancellationToken.None));
        }

        for (var bit = 0; bit < sealedKey.WrappedDataKey.Length * 8; bit++)
        {
            await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(sealedKey with { WrappedDataKey = Flip(sealedKey.WrappedDataKey, bit) }, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Another_key_encryption_key_opens_nothing_and_is_named()
    {
        using var key = SigningKey.Generate();
        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);
        using var other = LocalKey("second");
        var envelope = new KeyEnvelope(new KeyEncryptionKeyRing(new LocalKeyProvider(other)));

        var named = await Assert.ThrowsAsync<KeyException>(async () => await envelope.Open(sealedKey, CancellationToken.None));
        await Assert.ThrowsAsync<KeyException>(async () => await envelope.Open(sealedKey with { KeyEncryptionKeyId = other.Id }, CancellationToken.None));

        Assert.Equal($"The key of wallet treasury is wrapped under {sealedKey.KeyEncryptionKeyId}, which this process does not have.", named.Message);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(3, 9)]
    public async Task A_key_of_another_version_does_not_open_and_the_version_is_named(int sealedAs, int recordedAs)
    {
        using var key = SigningKey.Generate();
        var sealedKey = await _envelope.Seal(key, "treasury", sealedAs, CancellationToken.None);

        var error = await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(sealedKey with { Version = recordedAs }, CancellationToken.None));

        Assert.Equal(
            $"The key of wallet treasury (version {recordedAs}) does not open: what stands in the row is the wallet's key of version {sealedAs}.",
            error.Message);
    }

    [Fact]
    public async Task Whatever_is_swapped_between_two_wallets_opens_neither()
    {
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        var first = await _envelope.Seal(key, "first", 1, CancellationToken.None);
        var second = await _envelope.Seal(other, "second", 1, CancellationToken.None);

        foreach (var swapped in new[]
        {
            first with { Ciphertext = second.Ciphertext },
            first with { WrappedDataKey = second.WrappedDataKey },
            first with { Ciphertext = second.Ciphertext, WrappedDataKey = second.WrappedDataKey },
            first with { Ciphertext = second.Ciphertext, WrappedDataKey = second.WrappedDataKey, PublicKey = second.PublicKey },
        })
        {
            var error = await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(swapped, CancellationToken.None));
            Assert.Equal("The key of wallet first (version 1) does not open: the row belongs to another wallet, or it is damaged.", error.Message);
        }
    }

    [Fact]
    public async Task Whatever_is_cut_short_does_not_open_and_the_lengths_are_given()
    {
        using var key = SigningKey.Generate();
        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);

        for (var length = 0; length < sealedKey.Ciphertext.Length; length++)
        {
            var cut = sealedKey with { Ciphertext = sealedKey.Ciphertext[..length] };
            var error = await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(cut, CancellationToken.None));
            Assert.Equal($"The sealed key of wallet treasury has {length} bytes instead of 60: the row is damaged.", error.Message);
        }

        for (var length = 0; length < sealedKey.WrappedDataKey.Length; length++)
        {
            var cut = sealedKey with { WrappedDataKey = sealedKey.WrappedDataKey[..length] };
            var error = await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(cut, CancellationToken.None));
            Assert.StartsWith($"A wrapped data key has {length} bytes instead of 60", error.Message);
        }
    }

    [Fact]
    public async Task A_row_whose_public_key_was_changed_does_not_open()
    {
        using var key = SigningKey.Generate();
        using var mallory = SigningKey.Generate();
        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);

        var error = await Assert.ThrowsAsync<KeyException>(async () =>
            await _envelope.Open(sealedKey with { PublicKey = mallory.PublicKey }, CancellationToken.None));

        Assert.Contains("the row was changed", error.Message);
    }

    [Fact]
    public void Secrets_are_wiped_and_print_nothing()
    {
        var secret = SecretBytes.Random(32);
        var memory = secret.Memory;

        secret.Dispose();

        Assert.Equal(new byte[32], memory.ToArray());
        Assert.Equal("[redacted]", secret.ToString());
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
        Assert.StartsWith("local:", LocalKey("first").ToString());
    }

    /// <summary>A ring of local keys, the first of which wraps.</summary>
    internal static KeyEncryptionKeyRing Ring(params string[] names) =>
        new(new LocalKeyProvider(LocalKey(names[0]), [.. names.Skip(1).Select(LocalKey)]));

    internal static LocalKeyEncryptionKey LocalKey(string name) =>
        new(KeyEncryptionKeyText.Parse(Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))), "test"));

    private static byte[] Flip(ReadOnlyMemory<byte> bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
