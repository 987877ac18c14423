using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>
/// How replies are read: strictly. A field that is missing, null, doubled, of another type or out of range is an error
/// of the reply, not a default.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = MaxDepth,
    Converters =
    [
        typeof(PublicKeyJsonConverter), typeof(SignatureJsonConverter), typeof(BlockhashJsonConverter),
        typeof(CommitmentJsonConverter),
    ])]
[JsonSerializable(typeof(RpcErrorBody))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Signature))]
[JsonSerializable(typeof(Blockhash))]
[JsonSerializable(typeof(ContextReply<LatestBlockhash>))]
[JsonSerializable(typeof(ContextReply<ulong>))]
[JsonSerializable(typeof(ContextReply<bool>))]
[JsonSerializable(typeof(ContextReply<AccountInfo>))]
[JsonSerializable(typeof(ContextReply<IReadOnlyList<AccountInfo?>>))]
[JsonSerializable(typeof(ContextReply<IReadOnlyList<KeyedAccount>>))]
[JsonSerializable(typeof(ContextReply<IReadOnlyList<SignatureStatus?>>))]
[JsonSerializable(typeof(ContextReply<SimulationResult>))]
[JsonSerializable(typeof(EpochInfo))]
[JsonSerializable(typeof(BlockHeader))]
[JsonSerializable(typeof(IReadOnlyList<ulong>))]
[JsonSerializable(typeof(TransactionInfo))]
[JsonSerializable(typeof(IReadOnlyList<SignatureInfo>))]
[JsonSerializable(typeof(IReadOnlyList<PrioritizationFee>))]
[JsonSerializable(typeof(NodeVersion))]
internal sealed partial class RpcJson : JsonSerializerContext
{
    public const int MaxDepth = 32;
}

/// <summary>A reply with the slot it was answered from.</summary>
internal readonly record struct ContextReply<T>(ReplyContext Context, T Value);

internal readonly record struct ReplyContext(ulong Slot);

internal readonly record struct LatestBlockhash(Blockhash Blockhash, ulong LastValidBlockHeight);

/// <summary>The part of <c>getBlock</c> that is read; nodes answer a null height for blocks from before heights were kept.</summary>
internal sealed record BlockHeader(ulong? BlockHeight);
