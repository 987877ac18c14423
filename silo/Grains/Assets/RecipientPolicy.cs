using Cluster.Solana;

namespace Cluster.Silo.Grains.Assets;

/// <summary>
/// Decides which addresses can be paid: wallets, addresses that nobody has used yet, and accounts of programs (a vault
/// off the curve may own tokens). Refused is what is surely a mistake, where the payment would be lost or stuck.
/// </summary>
public static class RecipientPolicy
{
    /// <summary>Of a confidential token account: the byte that says whether plain transfers may come in.</summary>
    /// <remarks>Behind approval (1), key (32), three ciphertexts (64), one of 36, and the flag for encrypted ones (1).</remarks>
    private const int PlainCreditsOffset = 1 + 32 + (3 * 64) + 36 + 1;

    /// <summary>Why an address cannot be a recipient, in words; null where it can.</summary>
    /// <param name="account">What the chain has there; null where it has nothing yet.</param>
    public static string? Refusal(AccountInfo? account)
    {
        if (account is null || account.Owner == SystemProgram.ProgramId)
        {
            return null;
        }

        if (account.Executable)
        {
            return "is a program";
        }

        if (account.Owner == Sysvars.Owner)
        {
            return "is an account of the runtime";
        }

        if (!TokenProgram.IsTokenProgram(account.Owner))
        {
            return null;
        }

        if (TokenAccount.TryDecode(account.Owner, account.Data.Span, out var tokens, out _))
        {
            return $"is a token account of {tokens.Owner}; give its owner";
        }

        return MintAccount.TryDecode(account.Owner, account.Data.Span, out _, out _) ? "is a mint" : null;
    }

    /// <summary>Why a recipient's token account cannot be paid, in words; null where it can.</summary>
    /// <param name="recipient">Its owner to be.</param>
    /// <param name="mint">The token.</param>
    /// <param name="account">What the chain has at the associated address; null where it is to be made.</param>
    /// <param name="hasMemo">Whether the payment carries a memo.</param>
    public static string? TokenAccountRefusal(in PublicKey recipient, MintInfo mint, AccountInfo? account, bool hasMemo)
    {
        // Whoever sends lamports to an address makes it exist without making it a token account.
        if (account is null || (account.Owner == SystemProgram.ProgramId && account.Data.IsEmpty))
        {
            return mint.NewAccountsAreFrozen
                ? $"the mint {mint.Address} freezes every new token account, and the recipient has none yet"
                : null;
        }

        if (!TokenAccount.TryDecode(account.Owner, account.Data.Span, out var tokens, out var error))
        {
            return $"what stands at the recipient's token account is {error}";
        }

        if (tokens.Owner != recipient)
        {
            return $"the recipient's token account was given to {tokens.Owner}";
        }

        if (tokens.IsFrozen)
        {
            return "the recipient's token account is frozen by the mint's authority";
        }

        if (tokens.RequiresMemo && !hasMemo)
        {
            return "the recipient's token account takes transfers with a memo only; give one";
        }

        return TakesPlainTransfers(tokens) ? null : "the recipient's token account takes encrypted transfers only";
    }

    private static bool TakesPlainTransfers(TokenAccount tokens)
    {
        foreach (var extension in tokens.Extensions)
        {
            if (extension.Type == ExtensionType.ConfidentialTransferAccount)
            {
                return extension.Value.Length <= PlainCreditsOffset || extension.Value[PlainCreditsOffset] != 0;
            }
        }

        return true;
    }
}
