using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>Tokens for one recipient.</summary>
/// <param name="Owner">The recipient's wallet.</param>
/// <param name="TokenAccount">Where the tokens go: the owner's associated token account.</param>
/// <param name="Amount">How much, in base units, before a transfer fee.</param>
/// <param name="CreateTokenAccount">Whether the token account is made first, where it does not exist.</param>
/// <param name="Bump">
/// The bump seed of the token account (see <see cref="AssociatedTokenAccount.Derive(in PublicKey, in PublicKey, in PublicKey, out byte)"/>):
/// the program searches for it from 255 down, and each step takes compute units. Only matters where the account is made.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TokenPayout(PublicKey Owner, PublicKey TokenAccount, ulong Amount, bool CreateTokenAccount, byte Bump);

/// <summary>Lamports for one recipient.</summary>
/// <param name="Recipient">The wallet that is paid.</param>
/// <param name="Lamports">How much.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SolPayout(PublicKey Recipient, ulong Lamports);

/// <summary>What was packed.</summary>
/// <param name="Count">How many payouts, from the first.</param>
/// <param name="Size">The transaction's bytes.</param>
/// <param name="ComputeUnitLimit">The compute units that the transaction asks for, and pays priority fees on.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PackedBatch(int Count, int Size, uint ComputeUnitLimit);
