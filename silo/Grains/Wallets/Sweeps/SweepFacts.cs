using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Sweeps;

/// <summary>What the chain says about a wallet that is to be emptied, all accounts of one slot.</summary>
/// <param name="Lamports">SOL in the wallet.</param>
/// <param name="Token">The token side; null where there are no tokens, or only SOL is asked for.</param>
/// <param name="Terms">On what terms the network takes a transaction now.</param>
internal sealed record SweepFacts(ulong Lamports, SweptAccount? Token, NetworkTerms Terms);

/// <summary>A token account that is to be emptied and closed.</summary>
/// <param name="Mint">The token.</param>
/// <param name="Source">Its address.</param>
/// <param name="Account">What it holds.</param>
/// <param name="Target">The recipient's token account.</param>
/// <param name="TargetBump">Its bump seed.</param>
/// <param name="RentToPay">What making the recipient's token account takes; null where it is there.</param>
internal sealed record SweptAccount(
    MintInfo Mint, PublicKey Source, TokenAccount Account, PublicKey Target, byte TargetBump, ulong? RentToPay)
{
    private const int WithheldSize = sizeof(ulong);

    /// <summary>Whether fees of transfers to it lie in it: it cannot be closed before they are collected.</summary>
    public bool HoldsWithheldFees
    {
        get
        {
            foreach (var extension in Account.Extensions)
            {
                if (extension.Type == ExtensionType.TransferFeeAmount && extension.Value.Length >= WithheldSize)
                {
                    return extension.Value.AsSpan(0, WithheldSize).IndexOfAnyExcept((byte)0) >= 0;
                }
            }

            return false;
        }
    }
}
