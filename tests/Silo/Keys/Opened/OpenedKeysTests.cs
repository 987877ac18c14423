using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Opened;
using Cluster.Solana;
using Cluster.Tests.Silo.Signers;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Keys.Opened;

public sealed class OpenedKeysTests : IAsyncLifetime
{
    private static readonly Call Call = new(Caller.System("test"), "request-1");

    private readonly KeyEncryptionKeyRing _ring = KeyEnvelopeTests.Ring("opened");
    private readonly FakeTimeProvider _time = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create();

    public async ValueTask DisposeAsync()
    {
        _ring.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_memory_of_a_key_holds_nothing_of_it_once_it_was_wiped()
    {
        using var parts = await Create("a");
        var masked = await MaskedSeedOf(parts, "a");

        using (var lease = await parts.Opened.Borrow("a", CancellationToken.None))
        {
            Assert.True(ProcessMemory.Count(masked) > 0, "a key that is open stands in memory: a search that misses it proves nothing");
        }

        parts.Opened.Clear();

        Assert.Equal(0, ProcessMemory.Count(masked));
    }

    [Fact]
    public async Task A_key_that_is_lent_signs_to_the_end_and_is_wiped_when_it_comes_back()
    {
        using var parts = await Create("a");
        var lease = await parts.Opened.Borrow("a", CancellationToken.None);
        var key = lease.Key;

        Assert.Equal(1, parts.Opened.Clear());
        var signature = new byte[Signature.Size];
        key.Sign("message"u8, signature);
        Assert.True(Ed25519.Verify(key.PublicKey, "message"u8, signature));
        lease.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign("message"u8, signature));
    }

    [Fact]
    public async Task A_key_leaves_when_its_time_to_live_is_over_however_often_it_is_used()
    {
        using var parts = await Create("a");
        var key = await Use(parts, "a");

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Same(key, await Use(parts, "a"));
        _time.Advance(TimeSpan.FromMinutes(2.5));

        Assert.Equal(0, parts.Opened.Count);
        Assert.Throws<ObjectDisposedException>(() => key.Sign("message"u8, new byte[Signature.Size]));
        Assert.NotSame(key, await Use(parts, "a"));
    }

    [Fact]
    public async Task The_key_that_was_used_longest_ago_makes_room()
    {
        using var parts = await Create("a", "b", "c");
        var a = await Use(parts, "a");
        _time.Advance(TimeSpan.FromSeconds(1));
        var b = await Use(parts, "b");
        _time.Advance(TimeSpan.FromSeconds(1));
        await Use(parts, "a");
        _time.Advance(TimeSpan.FromSeconds(1));
        await Use(parts, "c");

        Assert.Equal(2, parts.Opened.Count);
        Assert.Throws<ObjectDisposedException>(() => b.Sign("message"u8, new byte[Signature.Size]));
        a.Sign("message"u8, new byte[Signature.Size]);
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_costs_a_call_its_deadline_and_the_next_call_finds_the_key_open()
    {
        var slow = new SlowKey(_ring);
        using var parts = await Create(new KeyEncryptionKeyRing(slow), "a");
        slow.Hold();

        var borrowing = parts.Opened.Borrow("a", CancellationToken.None).AsTask();
        await slow.Asked;
        _time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<ClusterException>(() => borrowing);
        Assert.Equal(
            (StatusCode.Unavailable, "the key of wallet a is not open after 1,000 ms (4,096 operations wait for the vault). It goes on being opened; try again."),
            (error.Status, error.Message));

        var again = parts.Opened.Borrow("a", CancellationToken.None).AsTask();
        slow.Release();
        (await again).Dispose();
        Assert.Equal(1, slow.Unwraps);
    }

    [Fact]
    public async Task What_was_being_opened_when_all_were_wiped_does_not_stay()
    {
        var slow = new SlowKey(_ring);
        using var parts = await Create(new KeyEncryptionKeyRing(slow), "a");
        slow.Hold();
        var borrowing = parts.Opened.Borrow("a", CancellationToken.None).AsTask();
        await slow.Asked;

        parts.Opened.Clear();
        slow.Release();
        (await borrowing).Dispose();

        Assert.Equal(2, slow.Unwraps);
        Assert.Equal(1, parts.Opened.Count);
    }

    [Fact]
    public async Task A_key_that_does_not_open_says_why_to_every_caller()
    {
        using var parts = await Create("a");
        await _database.Execute("update wallet_keys set key_encryption_key = 'local:0000'");

        var error = await Assert.ThrowsAsync<ClusterException>(async () => await parts.Opened.Borrow("a", CancellationToken.None));

        Assert.Equal(StatusCode.FailedPrecondition, error.Status);
        Assert.Equal("The key of wallet a is wrapped under local:0000, which this process does not have.", error.Message);
    }

    [Fact]
    public async Task Lent_cleared_and_opened_at_once_by_many_no_signature_fails()
    {
        using var parts = await Create("a");
        using var stop = new CancellationTokenSource();
        var clearing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                parts.Opened.Clear();
                await Task.Yield();
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var signature = new byte[Signature.Size];
            for (var i = 0; i < 200; i++)
            {
                try
                {
                    using var lease = await parts.Opened.Borrow("a", CancellationToken.None);
                    lease.Key.Sign("message"u8, signature);
                    Assert.True(Ed25519.Verify(lease.Key.PublicKey, "message"u8, signature));
                }
                catch (ClusterException error) when (error.Status == StatusCode.Unavailable)
                {
                    continue;
                }
            }
        })));
        await stop.CancelAsync();
        await clearing;
    }

    private Task<SignerParts> Create(params string[] wallets) => Create(_ring, wallets);

    private async Task<SignerParts> Create(KeyEncryptionKeyRing ring, params string[] wallets)
    {
        var parts = SignerParts.Of(_database.Open(), ring, options => options.Opened.MaxKeys = 2, _time);
        foreach (var wallet in wallets)
        {
            await parts.Signer().CreateKey(new CreateKeyRequest { WalletId = wallet }, Call);
        }

        return parts;
    }

    private static async Task<IWalletKey> Use(SignerParts parts, string wallet)
    {
        using var lease = await parts.Opened.Borrow(wallet, CancellationToken.None);
        return lease.Key;
    }

    private static async Task<byte[]> MaskedSeedOf(SignerParts parts, string wallet)
    {
        using var lease = await parts.Opened.Borrow(wallet, CancellationToken.None);
        return Mask(lease.Key.InMemory!);
    }

    private static byte[] Mask(SigningKey key)
    {
        using var seed = new SecretBytes(SigningKey.SeedSize);
        key.CopySeedTo(seed.Span);
        var masked = new byte[SigningKey.SeedSize];
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] = (byte)~seed.Span[i];
        }

        return masked;
    }
}
