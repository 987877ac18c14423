using System.Runtime.InteropServices;
using Cluster.Silo.Grains.Assets;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Payments;

/// <summary>What the chain says about a payment before it is signed, all accounts of one slot.</summary>
/// <param name="Slot">The accounts' slot.</param>
/// <param name="Lamports">SOL in the wallet.</param>
/// <param name="Recipient">The recipient's account; null where there is none yet.</param>
/// <param name="Token">The token side; null for SOL.</param>
/// <param name="Terms">On what terms the network takes a transaction now.</param>
internal sealed record PaymentFacts(ulong Slot, ulong Lamports, AccountInfo? Recipient, TokenFacts? Token, NetworkTerms Terms);

/// <summary>The token side of a payment.</summary>
/// <param name="Mint">The token, permitted by <see cref="MintPolicy"/>.</param>
/// <param name="Source">The wallet's token account.</param>
/// <param name="SourceAccount">What is there; null where there is none.</param>
/// <param name="Target">The recipient's token account.</param>
/// <param name="TargetAccount">What is there; null where there is nothing.</param>
/// <param name="TargetBump">Its bump seed, which decides what making it computes.</param>
/// <param name="AccountRent">Lamports that a new token account must hold.</param>
internal sealed record TokenFacts(
    MintInfo Mint,
    PublicKey Source,
    TokenAccount? SourceAccount,
    PublicKey Target,
    AccountInfo? TargetAccount,
    byte TargetBump,
    ulong AccountRent)
{
    /// <summary>Whether the recipient's token account has to be made: lamports alone do not make one.</summary>
    public bool TargetIsMissing => TargetAccount is null || TargetAccount.Owner == SystemProgram.ProgramId;

    /// <summary>What making the recipient's token account takes of the payer: lamports that lie there already count.</summary>
    public ulong RentToPay => TargetIsMissing ? AccountRent - Math.Min(AccountRent, TargetAccount?.Lamports ?? 0) : 0;
}

/// <summary>On what terms the network takes a transaction now.</summary>
/// <param name="Blockhash">To sign with.</param>
/// <param name="ComputeUnitPrice">To offer, in micro-lamports.</param>
/// <param name="WalletRent">Lamports that an account without data must hold.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NetworkTerms(RecentBlockhash Blockhash, ulong ComputeUnitPrice, ulong WalletRent);
