using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Silo.Lanes;

public sealed class BatchVarietyTests
{
    [Fact]
    public void Equal_batches_with_the_same_blockhash_are_different_transactions()
    {
        var builder = new BatchBuilder(new PayoutTermsOf(new PayoutAsset(null, 890_880), Key(1), Price: 1_000), new BatchVariety());
        var payees = Enumerable.Range(1, 3)
            .Select(sequence => new Payee(new Recipient(sequence, Key(2), 5_000_000), Key(2), byte.MaxValue, PayeeState.Ready))
            .ToArray();

        var packed = new HashSet<string>();
        for (var batch = 0; batch < 100; batch++)
        {
            builder.Pack(payees, out var built);
            Assert.Equal((3, 15_000_000UL), (built.Count, built.Amount));
            packed.Add(Convert.ToHexString(builder.Bytes[..built.Size]));
        }

        Assert.Equal(100, packed.Count);
    }

    [Fact]
    public void The_first_of_its_kind_asks_for_nothing_more_and_each_equal_one_for_one_unit_more()
    {
        var variety = new BatchVariety();

        Assert.Equal([0u, 1u, 2u], Enumerable.Range(0, 3).Select(_ => variety.SpareUnits([1, 2, 3])));
        Assert.Equal(0u, variety.SpareUnits([1, 2, 4]));
    }

    private static PublicKey Key(byte fill) => PublicKey.FromBytes(Enumerable.Repeat(fill, PublicKey.Size).ToArray());
}
