using Cluster.Solana;

namespace Cluster.Silo.Grains.Assets;

/// <summary>A mint that can be paid, as of one slot: what building a payment in it takes. Made by <see cref="MintPolicy"/>.</summary>
/// <param name="Address">The mint.</param>
/// <param name="Program">SPL Token or Token-2022.</param>
/// <param name="Decimals">How many digits after the point a token has.</param>
/// <param name="Supply">Base units that exist.</param>
/// <param name="AccountSize">Bytes of a recipient's associated token account, which decide its rent.</param>
/// <param name="Fee">
/// What the mint withholds from a transfer in the current epoch; null where it never does. A fee of zero is not null:
/// the mint may raise it, and a transfer that names its fee then fails instead of delivering less.
/// </param>
/// <param name="NewAccountsAreFrozen">Whether a token account made now is frozen until the mint's authority thaws it.</param>
public sealed record MintInfo(
    PublicKey Address,
    PublicKey Program,
    byte Decimals,
    ulong Supply,
    int AccountSize,
    TransferFee? Fee,
    bool NewAccountsAreFrozen)
{
    /// <summary>The associated token account of an owner.</summary>
    /// <param name="owner">Any address.</param>
    public PublicKey AccountOf(in PublicKey owner) => AssociatedTokenAccount.Derive(owner, Address, Program);
}
