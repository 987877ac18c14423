using System.Security.Cryptography;
using Cluster.Silo.Keys;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Silo.Keys;

public sealed class KeyEnvelopeTests
{
    private readonly KeyEnvelope _envelope = new(LocalKey("first"));

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
    public async Task A_key_moved_to_another_wallet_or_version_does_not_open()
    {
        using var key = SigningKey.Generate();
        var sealedKey = await _envelope.Seal(key, "treasury", 1, CancellationToken.None);

        var moved = await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(sealedKey with { WalletId = "mallory" }, CancellationToken.None));
        await Assert.ThrowsAsync<KeyException>(async () => await _envelope.Open(sealedKey with { Version = 2 }, CancellationToken.None));

        Assert.Equal("The key of wallet mallory (version 1) does not open: the row belongs to another wallet or version, or it is damaged.", moved.Message);
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

        var named = await Assert.ThrowsAsync<KeyException>(async () => await new KeyEnvelope(other).Open(sealedKey, CancellationToken.None));
        await Assert.ThrowsAsync<KeyException>(async () =>
            await new KeyEnvelope(other).Open(sealedKey with { KeyEncryptionKeyId = other.Id }, CancellationToken.None));

        Assert.Contains(other.Id, named.Message);
        Assert.Contains(sealedKey.KeyEncryptionKeyId, named.Message);
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

    internal static LocalKeyEncryptionKey LocalKey(string name) =>
        new(KeyEncryptionKeyText.Parse(Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))), "test"));

    private static byte[] Flip(ReadOnlyMemory<byte> bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
