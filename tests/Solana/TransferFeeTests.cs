using Cluster.Solana;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class TransferFeeTests
{
    private static readonly Gen<ulong> Amounts =
        from bits in Gen.Choose(0, 63)
        from random in ArbMap.Default.GeneratorFor<ulong>()
        select random >> bits;

    private static readonly Gen<TransferFee> Fees =
        from basisPoints in Gen.OneOf(Gen.Choose(0, 10_000), Gen.Elements(0, 1, 9_999, 10_000))
        from maximum in Amounts
        select new TransferFee(0, maximum, (ushort)basisPoints);

    [Theory]
    [InlineData(100, 5_000, 0, 0)]
    [InlineData(100, 5_000, 1, 1)]
    [InlineData(100, 5_000, 100, 1)]
    [InlineData(100, 5_000, 101, 2)]
    [InlineData(100, 5_000, 500_000, 5_000)]
    [InlineData(100, 5_000, ulong.MaxValue, 5_000)]
    [InlineData(0, 5_000, ulong.MaxValue, 0)]
    [InlineData(10_000, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue)]
    [InlineData(1, ulong.MaxValue, ulong.MaxValue, 1_844_674_407_370_956)]
    public void The_fee_is_rounded_up_and_bounded(ushort basisPoints, ulong maximum, ulong amount, ulong fee) =>
        Assert.Equal(fee, new TransferFee(0, maximum, basisPoints).FeeOf(amount));

    [Fact]
    public void What_is_sent_to_deliver_an_amount_delivers_exactly_that()
    {
        Prop.ForAll(Fees.ToArbitrary(), Amounts.ToArbitrary(), (fee, delivered) =>
        {
            var half = delivered / 2;
            ulong amount;
            try
            {
                amount = fee.AmountToDeliver(half);
            }
            catch (OverflowException)
            {
                // Only a fee of half and more can double half of all numbers.
                return fee.BasisPoints > 4_999;
            }

            return amount - fee.FeeOf(amount) == half;
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact]
    public void No_lesser_amount_delivers_as_much()
    {
        Prop.ForAll(Fees.ToArbitrary(), Gen.Choose(1, 100_000).ToArbitrary(), (fee, delivered) =>
        {
            if (fee.MaximumFee > ulong.MaxValue / 2) return true;
            var amount = fee.AmountToDeliver((ulong)delivered);
            return amount - 1 - fee.FeeOf(amount - 1) < (ulong)delivered;
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact]
    public void An_amount_that_cannot_be_sent_is_an_overflow() =>
        Assert.Throws<OverflowException>(() => new TransferFee(0, 10, 5_000).AmountToDeliver(ulong.MaxValue));

    [Fact]
    public void The_newer_fee_is_charged_from_its_epoch_on()
    {
        var fees = new TransferFeeConfig(null, null, 0, new TransferFee(5, 1, 1), new TransferFee(9, 2, 2));

        Assert.Equal([1, 1, 2, 2], new ulong[] { 0, 8, 9, 10 }.Select(epoch => (int)fees.At(epoch).BasisPoints));
    }

    [Theory]
    [InlineData(0u, 5ul, 0ul)]
    [InlineData(1u, 1ul, 1ul)]
    [InlineData(200_000u, 50_000ul, 10_000ul)]
    [InlineData(1_400_000u, 1_000_001ul, 1_400_002ul)]
    public void A_priority_fee_is_rounded_up_to_lamports(uint units, ulong price, ulong lamports) =>
        Assert.Equal(lamports, ComputeBudget.PriorityFee(units, price));
}
