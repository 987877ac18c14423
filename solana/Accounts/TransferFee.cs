using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>
/// What a Token-2022 mint withholds from a transfer, calculated exactly as the program does
/// (<c>TransferFee</c> of spl-token-2022).
/// </summary>
/// <param name="Epoch">The first epoch in which the fee is charged.</param>
/// <param name="MaximumFee">The most a transfer is charged, in base units.</param>
/// <param name="BasisPoints">The fee in hundredths of a percent, at most <see cref="MaxBasisPoints"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TransferFee(ulong Epoch, ulong MaximumFee, ushort BasisPoints)
{
    /// <summary>One hundred percent.</summary>
    public const ushort MaxBasisPoints = 10_000;

    /// <summary>The fee on a transfer of so many base units, rounded up and bounded by <see cref="MaximumFee"/>.</summary>
    public ulong FeeOf(ulong amount)
    {
        var fee = DivideUp((UInt128)amount * BasisPoints, MaxBasisPoints);
        return (ulong)UInt128.Min(fee, MaximumFee);
    }

    /// <summary>
    /// The least amount to send so that, the fee withheld, at least <paramref name="delivered"/> arrive. It arrives to
    /// the unit, unless the fee is 100 percent.
    /// </summary>
    /// <param name="delivered">What the recipient shall have, in base units.</param>
    /// <exception cref="OverflowException">The amount exceeds 2⁶⁴ − 1.</exception>
    public ulong AmountToDeliver(ulong delivered)
    {
        if (BasisPoints == 0 || delivered == 0) return delivered;

        var capped = checked(delivered + (UInt128)MaximumFee);
        var amount = BasisPoints == MaxBasisPoints
            ? capped
            : UInt128.Min(capped, DivideUp((UInt128)delivered * MaxBasisPoints, (uint)(MaxBasisPoints - BasisPoints)));
        return checked((ulong)amount);
    }

    private static UInt128 DivideUp(UInt128 dividend, uint divisor) => (dividend + (divisor - 1)) / divisor;
}

/// <summary>The transfer fees of a mint: a change takes effect two epochs after it was made, so there are two.</summary>
/// <param name="ConfigAuthority">Who may change the fee; nobody if null.</param>
/// <param name="WithdrawAuthority">Who may withdraw what was withheld; nobody if null.</param>
/// <param name="Withheld">Fees in base units that were harvested to the mint.</param>
/// <param name="Older">The fee before <see cref="Newer"/>'s epoch.</param>
/// <param name="Newer">The fee from its epoch on.</param>
public sealed record TransferFeeConfig(
    PublicKey? ConfigAuthority, PublicKey? WithdrawAuthority, ulong Withheld, TransferFee Older, TransferFee Newer)
{
    /// <summary>The fee that is charged in an epoch.</summary>
    public TransferFee At(ulong epoch) => epoch >= Newer.Epoch ? Newer : Older;
}
