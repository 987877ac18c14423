using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>
/// Why a transaction failed, as nodes report it (<c>TransactionError</c> and <c>InstructionError</c> of the
/// <c>solana-transaction-error</c> and <c>solana-instruction-error</c> crates). Variants unknown to this version keep
/// their name: an error never turns into success because it is new.
/// </summary>
[JsonConverter(typeof(TransactionErrorJsonConverter))]
public sealed record TransactionError
{
    /// <summary>The variant of an error that belongs to one instruction; see <see cref="InstructionIndex"/>.</summary>
    public const string InstructionErrorCode = "InstructionError";

    /// <summary>The variant's name, e.g. <c>BlockhashNotFound</c>, <c>AlreadyProcessed</c>, <c>InstructionError</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The failing instruction, counted from 0; null where the error is not an instruction's.</summary>
    public int? InstructionIndex { get; init; }

    /// <summary>The instruction error's name, e.g. <c>Custom</c>, <c>InsufficientFunds</c>, <c>InvalidAccountData</c>.</summary>
    public string? InstructionCode { get; init; }

    /// <summary>The program's own error number; null unless <see cref="InstructionCode"/> is <c>Custom</c>.</summary>
    public uint? CustomCode { get; init; }

    /// <summary>The account at fault by its index in the message (<c>InsufficientFundsForRent</c> and the like).</summary>
    public int? AccountIndex { get; init; }

    /// <summary>The program of the failing instruction, where it is known; gives <see cref="CustomCode"/> its meaning.</summary>
    public PublicKey? Program { get; init; }

    /// <summary>
    /// The same error with the program of its instruction, found in the transaction that failed; unchanged where there is
    /// none to find.
    /// </summary>
    public TransactionError In(ReadOnlySpan<byte> transaction) =>
        InstructionIndex is { } index
        && TransactionDecoder.TryDecode(transaction, out var decoded, out _)
        && (uint)index < (uint)decoded.Instructions.Length
            ? this with { Program = decoded.Instructions[index].Program }
            : this;

    /// <summary>One line for people, e.g. <c>instruction 3: custom program error 0x11 (account frozen)</c>.</summary>
    public override string ToString() => TransactionErrorText.Describe(this);
}
