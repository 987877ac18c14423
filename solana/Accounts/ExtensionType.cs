namespace Cluster.Solana;

/// <summary>
/// The extensions of Token-2022, numbered as in its <c>ExtensionType</c>. A number that is not named here is an
/// extension younger than this code: <see cref="TokenExtension.Name"/> still tells it.
/// </summary>
public enum ExtensionType
{
    /// <summary>No extension: the end of the list.</summary>
    Uninitialized = 0,

    /// <summary>Mint: transfers are charged a fee, see <see cref="TransferFeeConfig"/>.</summary>
    TransferFeeConfig = 1,

    /// <summary>Account: fees that were withheld here.</summary>
    TransferFeeAmount = 2,

    /// <summary>Mint: an authority may close the mint.</summary>
    MintCloseAuthority = 3,

    /// <summary>Mint: amounts may be encrypted.</summary>
    ConfidentialTransferMint = 4,

    /// <summary>Account: encrypted balances.</summary>
    ConfidentialTransferAccount = 5,

    /// <summary>Mint: the state that new token accounts start with, often frozen.</summary>
    DefaultAccountState = 6,

    /// <summary>Account: its owner cannot change; every associated token account of Token-2022 has it.</summary>
    ImmutableOwner = 7,

    /// <summary>Account: may demand a memo before incoming transfers.</summary>
    MemoTransfer = 8,

    /// <summary>Mint: its tokens cannot be transferred.</summary>
    NonTransferable = 9,

    /// <summary>Mint: shown amounts grow by an interest rate; base units do not.</summary>
    InterestBearingConfig = 10,

    /// <summary>Account: some actions are refused when another program asks for them.</summary>
    CpiGuard = 11,

    /// <summary>Mint: a delegate may move and burn everybody's tokens.</summary>
    PermanentDelegate = 12,

    /// <summary>Account: of a mint that is <see cref="NonTransferable"/>.</summary>
    NonTransferableAccount = 13,

    /// <summary>Mint: every transfer calls a program, which may demand accounts of its own.</summary>
    TransferHook = 14,

    /// <summary>Account: of a mint with a <see cref="TransferHook"/>.</summary>
    TransferHookAccount = 15,

    /// <summary>Mint: fees on encrypted transfers.</summary>
    ConfidentialTransferFeeConfig = 16,

    /// <summary>Account: encrypted fees that were withheld here.</summary>
    ConfidentialTransferFeeAmount = 17,

    /// <summary>Mint: where the metadata lies.</summary>
    MetadataPointer = 18,

    /// <summary>Mint: name, symbol and more.</summary>
    TokenMetadata = 19,

    /// <summary>Mint: where the group's configuration lies.</summary>
    GroupPointer = 20,

    /// <summary>Mint: a group of mints.</summary>
    TokenGroup = 21,

    /// <summary>Mint: where the membership in a group lies.</summary>
    GroupMemberPointer = 22,

    /// <summary>Mint: a member of a group.</summary>
    TokenGroupMember = 23,

    /// <summary>Mint: minting and burning of encrypted amounts.</summary>
    ConfidentialMintBurn = 24,

    /// <summary>Mint: shown amounts are multiplied; base units are not.</summary>
    ScaledUiAmountConfig = 25,

    /// <summary>Mint: transfers, minting and burning can be paused.</summary>
    PausableConfig = 26,

    /// <summary>Account: of a mint that is <see cref="PausableConfig"/>.</summary>
    PausableAccount = 27,

    /// <summary>Mint: an authority must agree to burning.</summary>
    PermissionedBurn = 28,
}
