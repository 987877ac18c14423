using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>An answer and the slot whose state it is taken from.</summary>
/// <param name="Slot">The slot of the bank that the node answered from.</param>
/// <param name="Value">The answer.</param>
/// <typeparam name="T">The answer's type.</typeparam>
public readonly record struct AtSlot<T>(ulong Slot, T Value);

/// <summary>Reply of <c>getEpochInfo</c>.</summary>
/// <param name="AbsoluteSlot">The current slot.</param>
/// <param name="BlockHeight">The blocks beneath it; slots without a block do not count.</param>
/// <param name="Epoch">The current epoch.</param>
/// <param name="SlotIndex">The current slot's number within the epoch.</param>
/// <param name="SlotsInEpoch">How many slots the epoch has.</param>
public sealed record EpochInfo(ulong AbsoluteSlot, ulong BlockHeight, ulong Epoch, ulong SlotIndex, ulong SlotsInEpoch);

/// <summary>An account as <c>getAccountInfo</c> and <c>getMultipleAccounts</c> give it.</summary>
/// <param name="Lamports">Its balance.</param>
/// <param name="Owner">The program that may change it.</param>
/// <param name="Data">Its data, or the slice that was asked for.</param>
/// <param name="Executable">Whether it is a program.</param>
public sealed record AccountInfo(
    ulong Lamports,
    PublicKey Owner,
    [property: JsonConverter(typeof(AccountDataJsonConverter))] ReadOnlyMemory<byte> Data,
    bool Executable);

/// <summary>An account and its address, as <c>getTokenAccountsByOwner</c> gives it.</summary>
/// <param name="Pubkey">The address.</param>
/// <param name="Account">The account.</param>
public sealed record KeyedAccount(PublicKey Pubkey, AccountInfo Account);

/// <summary>Which part of the accounts' data to return.</summary>
/// <param name="Offset">Bytes to skip.</param>
/// <param name="Length">Bytes to return; 0 to learn only whether the account exists, its owner and balance.</param>
public readonly record struct DataSlice(int Offset, int Length);

/// <summary>Where a transaction stands, by <c>getSignatureStatuses</c>.</summary>
/// <param name="Slot">The slot in which it landed.</param>
/// <param name="Err">Why it failed, or null where it succeeded.</param>
/// <param name="Confirmations">Blocks on top of it; null once it is rooted, or came out of the history.</param>
/// <param name="ConfirmationStatus">How settled it is; null from nodes that do not say.</param>
public sealed record SignatureStatus(
    ulong Slot, TransactionError? Err, ulong? Confirmations, Commitment? ConfirmationStatus = null)
{
    /// <summary>How settled it is, from whichever of the two fields the node fills.</summary>
    [JsonIgnore]
    public Commitment Commitment => ConfirmationStatus ?? (Confirmations is null ? Commitment.Finalized : Commitment.Processed);
}

/// <summary>Reply of <c>simulateTransaction</c>.</summary>
/// <param name="Err">Why it would fail, or null.</param>
/// <param name="Logs">The programs' log lines; null where it failed before any ran.</param>
/// <param name="UnitsConsumed">Compute units used, where the node says so.</param>
public sealed record SimulationResult(TransactionError? Err, [property: JsonConverter(typeof(LogLinesJsonConverter))] IReadOnlyList<string>? Logs = null, ulong? UnitsConsumed = null);

/// <summary>Reply of <c>getTransaction</c>.</summary>
/// <param name="Slot">The slot in which it landed.</param>
/// <param name="Meta">What it did.</param>
/// <param name="BlockTime">The block's time in seconds since 1970, where the node knows it.</param>
public sealed record TransactionInfo(ulong Slot, TransactionMeta Meta, long? BlockTime = null);

/// <summary>What a transaction did.</summary>
/// <param name="Err">Why it failed, or null where it succeeded.</param>
/// <param name="Fee">The fee charged, in lamports; failed transactions pay it too.</param>
/// <param name="PreBalances">Lamports of each of the message's accounts before it.</param>
/// <param name="PostBalances">Lamports of each of the message's accounts after it.</param>
/// <param name="PreTokenBalances">Token balances before it.</param>
/// <param name="PostTokenBalances">Token balances after it.</param>
/// <param name="LogMessages">The programs' log lines.</param>
/// <param name="ComputeUnitsConsumed">Compute units used.</param>
public sealed record TransactionMeta(
    TransactionError? Err,
    ulong Fee,
    IReadOnlyList<ulong> PreBalances,
    IReadOnlyList<ulong> PostBalances,
    IReadOnlyList<TokenBalance>? PreTokenBalances = null,
    IReadOnlyList<TokenBalance>? PostTokenBalances = null,
    [property: JsonConverter(typeof(LogLinesJsonConverter))] IReadOnlyList<string>? LogMessages = null,
    ulong? ComputeUnitsConsumed = null);

/// <summary>A token account's balance beside a transaction.</summary>
/// <param name="AccountIndex">The account's index in the message.</param>
/// <param name="Mint">The mint.</param>
/// <param name="UiTokenAmount">The balance.</param>
/// <param name="Owner">The token account's owner, where the node says so.</param>
public readonly record struct TokenBalance(int AccountIndex, PublicKey Mint, TokenAmount UiTokenAmount, PublicKey? Owner = null);

/// <summary>An amount of tokens.</summary>
/// <param name="Amount">In base units; JSON-RPC gives it as a string.</param>
/// <param name="Decimals">The mint's decimals.</param>
public readonly record struct TokenAmount(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] ulong Amount, byte Decimals);

/// <summary>One line of <c>getSignaturesForAddress</c>.</summary>
/// <param name="Signature">The transaction.</param>
/// <param name="Slot">The slot in which it landed.</param>
/// <param name="Err">Why it failed, or null where it succeeded.</param>
/// <param name="Memo">Its memo, where it has one.</param>
/// <param name="BlockTime">The block's time in seconds since 1970, where the node knows it.</param>
/// <param name="ConfirmationStatus">How settled it is.</param>
public readonly record struct SignatureInfo(
    Signature Signature,
    ulong Slot,
    TransactionError? Err,
    string? Memo = null,
    long? BlockTime = null,
    Commitment? ConfirmationStatus = null);

/// <summary>One line of <c>getRecentPrioritizationFees</c>.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="MicroLamports">The least that landed in it, in micro-lamports a compute unit.</param>
public readonly record struct PrioritizationFee(ulong Slot, [property: JsonPropertyName("prioritizationFee")] ulong MicroLamports);

/// <summary>Reply of <c>getVersion</c>.</summary>
/// <param name="SolanaCore">The node's software version.</param>
/// <param name="FeatureSet">The identifier of its feature set.</param>
public sealed record NodeVersion(
    [property: JsonPropertyName("solana-core")] string SolanaCore,
    [property: JsonPropertyName("feature-set")] ulong? FeatureSet = null);
