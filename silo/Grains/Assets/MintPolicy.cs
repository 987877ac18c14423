using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Assets;

/// <summary>
/// Decides which mints can be paid. A mint is refused where a payment signed today might not do what it says: where a
/// program of somebody's choosing runs with each transfer, where tokens cannot move, or where an extension is younger
/// than this code. Whatever is permitted is permitted for a reason given here; no extension is ignored.
/// </summary>
public static class MintPolicy
{
    /// <summary>Reads a mint and refuses what cannot be paid.</summary>
    /// <param name="address">What was given as the mint.</param>
    /// <param name="account">What the chain has there; null where it has nothing.</param>
    /// <param name="epoch">The current epoch, which decides the transfer fee.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: why it cannot be paid.</exception>
    public static MintInfo Require(in PublicKey address, AccountInfo? account, ulong epoch)
    {
        var mint = Decode(address, account);
        if (Refusal(mint) is { } reason)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"mint {address} cannot be paid: {reason}");
        }

        return new MintInfo(
            address,
            mint.Program,
            mint.Decimals,
            mint.Supply,
            mint.AssociatedTokenAccountSize,
            mint.TransferFees?.At(epoch),
            mint.DefaultAccountState == TokenAccountState.Frozen);
    }

    /// <summary>Why a mint cannot be paid, in words; null where it can.</summary>
    /// <param name="mint">The mint.</param>
    public static string? Refusal(MintAccount mint)
    {
        foreach (var extension in mint.Extensions)
        {
            if (Refusal(mint, extension) is { } reason)
            {
                return $"{reason} ({extension.Name})";
            }
        }

        return null;
    }

    private static string? Refusal(MintAccount mint, TokenExtension extension) => extension.Type switch
    {
        // Refused where it bites: these stop every transfer, or let somebody else's program into it.
        ExtensionType.NonTransferable => "its tokens cannot be transferred",
        ExtensionType.TransferHook when mint.TransferHookProgram is { } program =>
            $"every transfer calls the program {program}, which may refuse it or demand accounts that the cluster does not know",
        ExtensionType.PausableConfig when mint.IsPaused => "its authority has paused all transfers",
        ExtensionType.ConfidentialMintBurn => "its tokens exist in encrypted balances only",

        // A hook without a program calls nothing, and a mint that is not paused pays: both are looked at again for every payment.
        ExtensionType.TransferHook or ExtensionType.PausableConfig => null,

        // Paid with TransferCheckedWithFee, which fails rather than withhold another fee than was reckoned with.
        ExtensionType.TransferFeeConfig or ExtensionType.ConfidentialTransferFeeConfig => null,

        // Frozen accounts are looked for one by one.
        ExtensionType.DefaultAccountState => null,

        // The delegate may take tokens away, before or after, as a freeze authority may freeze them; a payment either
        // moves the whole amount or fails.
        ExtensionType.PermanentDelegate => null,

        // A mint closes only when no token of it is left.
        ExtensionType.MintCloseAuthority => null,

        // Plain balances and plain transfers stay; recipients that take encrypted ones alone are refused one by one.
        ExtensionType.ConfidentialTransferMint => null,

        // They change what is shown, not base units.
        ExtensionType.InterestBearingConfig or ExtensionType.ScaledUiAmountConfig => null,

        // They describe the mint.
        ExtensionType.MetadataPointer or ExtensionType.TokenMetadata or ExtensionType.GroupPointer or ExtensionType.TokenGroup
            or ExtensionType.GroupMemberPointer or ExtensionType.TokenGroupMember => null,

        // It concerns burning.
        ExtensionType.PermissionedBurn => null,

        _ => "this version of the cluster does not know what the extension does to payments",
    };

    /// <summary>Reads a mint, whether it can be paid or not.</summary>
    /// <param name="address">What was given as the mint.</param>
    /// <param name="account">What the chain has there; null where it has nothing.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: it is no mint.</exception>
    internal static MintAccount Decode(in PublicKey address, AccountInfo? account)
    {
        if (account is null)
        {
            throw Wrong(address, "does not exist on this network");
        }

        if (account.Owner == SystemProgram.ProgramId)
        {
            throw Wrong(address, "is a wallet, not a mint; leave the mint empty to pay SOL");
        }

        if (!TokenProgram.IsTokenProgram(account.Owner))
        {
            throw Wrong(address, $"is not a mint: it belongs to the program {account.Owner}");
        }

        if (MintAccount.TryDecode(account.Owner, account.Data.Span, out var mint, out var error))
        {
            return mint;
        }

        throw Wrong(
            address,
            TokenAccount.TryDecode(account.Owner, account.Data.Span, out var tokens, out _)
                ? $"is a token account, not a mint; its mint is {tokens.Mint}"
                : $"is {error}");
    }

    private static ClusterException Wrong(in PublicKey address, string why) =>
        new(StatusCode.FailedPrecondition, $"wrong mint: {address} {why}");
}
