using System.Security.Cryptography;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class Sha256Tests
{
    [Fact]
    public void Hashes_are_those_of_the_framework_whatever_the_length()
    {
        var random = new Random(6);
        Span<byte> hash = stackalloc byte[Cluster.Solana.Sha256.Size];
        for (var length = 0; length < 1_000; length++)
        {
            var data = new byte[length];
            random.NextBytes(data);

            Cluster.Solana.Sha256.Hash(data, hash);

            Assert.Equal(SHA256.HashData(data), hash);
        }
    }

    [Fact]
    public void Threads_hash_beside_each_other()
    {
        var expected = SHA256.HashData("abc"u8);

        Parallel.For(0, 10_000, _ =>
        {
            var hash = new byte[Cluster.Solana.Sha256.Size];
            Cluster.Solana.Sha256.Hash("abc"u8, hash);
            Assert.Equal(expected, hash);
        });
    }

    [Fact]
    public void A_span_too_short_for_a_hash_is_refused() =>
        Assert.Throws<ArgumentException>(() => Cluster.Solana.Sha256.Hash("abc"u8, new byte[Cluster.Solana.Sha256.Size - 1]));
}
