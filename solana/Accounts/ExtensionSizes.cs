namespace Cluster.Solana;

/// <summary>Bytes of the extensions that are read here or decide how long a token account is.</summary>
internal static class ExtensionSizes
{
    /// <summary>The fixed size of an extension's value; null where it varies or is not read.</summary>
    public static int? Of(ExtensionType type) => type switch
    {
        ExtensionType.TransferFeeConfig => 108,
        ExtensionType.TransferFeeAmount => 8,
        ExtensionType.MintCloseAuthority => 32,
        ExtensionType.DefaultAccountState => 1,
        ExtensionType.ImmutableOwner => 0,
        ExtensionType.MemoTransfer => 1,
        ExtensionType.NonTransferable => 0,
        ExtensionType.InterestBearingConfig => 52,
        ExtensionType.CpiGuard => 1,
        ExtensionType.PermanentDelegate => 32,
        ExtensionType.NonTransferableAccount => 0,
        ExtensionType.TransferHook => 64,
        ExtensionType.TransferHookAccount => 1,
        ExtensionType.MetadataPointer => 64,
        ExtensionType.GroupPointer => 64,
        ExtensionType.GroupMemberPointer => 64,
        ExtensionType.ScaledUiAmountConfig => 56,
        ExtensionType.PausableConfig => 33,
        ExtensionType.PausableAccount => 0,
        _ => null,
    };

    /// <summary>What the associated token account of a mint with this extension has besides an immutable owner.</summary>
    public static ExtensionType? RequiredOfAccounts(ExtensionType ofMint) => ofMint switch
    {
        ExtensionType.TransferFeeConfig => ExtensionType.TransferFeeAmount,
        ExtensionType.NonTransferable => ExtensionType.NonTransferableAccount,
        ExtensionType.TransferHook => ExtensionType.TransferHookAccount,
        ExtensionType.PausableConfig => ExtensionType.PausableAccount,
        _ => null,
    };
}
