namespace Cluster.Solana;

/// <content>Questions about transactions.</content>
public sealed partial class SolanaRpcClient
{
    /// <summary>The most signatures that nodes take in one <c>getSignatureStatuses</c>.</summary>
    internal const int StatusesPerCall = 256;

    private const int MaxSignaturesForAddress = 1000;

    /// <inheritdoc/>
    public Task<AtSlot<IReadOnlyList<SignatureStatus?>>> GetSignatureStatuses(
        IReadOnlyList<Signature> signatures, bool searchHistory, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        return Chunks.Ask<Signature, SignatureStatus?>(
            signatures,
            StatusesPerCall,
            _options.MaxConcurrentChunks,
            async (chunk, stop) => (await TryGetStatuses(chunk, searchHistory, stop)).Unwrap(),
            ct);
    }

    /// <inheritdoc/>
    public async Task<AtSlot<SimulationResult>> SimulateTransaction(
        ReadOnlyMemory<byte> transaction, bool keepBlockhash = false, RpcQuery query = default, CancellationToken ct = default)
    {
        const string Method = "simulateTransaction";
        var reply = await Ask(
            Method,
            (transaction, keepBlockhash, query),
            static (writer, state) =>
            {
                writer.WriteBase64StringValue(state.transaction.Span);
                writer.WriteStartObject();
                writer.WriteString("encoding"u8, "base64"u8);
                writer.WriteBoolean("sigVerify"u8, false);
                writer.WriteBoolean("replaceRecentBlockhash"u8, !state.keepBlockhash);
                RpcParams.WriteQuery(writer, state.query);
                writer.WriteEndObject();
            },
            RpcJson.Default.ContextReplySimulationResult,
            ct,
            size: SmallRequest + (transaction.Length * 4 / 3));
        return reply.Value is { } result
            ? new AtSlot<SimulationResult>(reply.Context.Slot, result)
            : throw Malformed(Method, "its value is null");
    }

    /// <inheritdoc/>
    public Task<TransactionInfo?> GetTransaction(Signature signature, RpcQuery query = default, CancellationToken ct = default) =>
        Ask(
            "getTransaction",
            (signature, query),
            static (writer, state) =>
            {
                RpcParams.WriteSignature(writer, state.signature);
                writer.WriteStartObject();
                writer.WriteString("encoding"u8, "base64"u8);
                writer.WriteNumber("maxSupportedTransactionVersion"u8, 0);
                RpcParams.WriteCommitment(writer, state.query.Commitment);
                writer.WriteEndObject();
            },
            RpcJson.Default.TransactionInfo!,
            ct,
            nullable: true)!;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SignatureInfo>> GetSignaturesForAddress(
        PublicKey account,
        Signature? before = null,
        Signature? until = null,
        int limit = MaxSignaturesForAddress,
        RpcQuery query = default,
        CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxSignaturesForAddress);
        return Ask(
            "getSignaturesForAddress",
            (account, before, until, limit, query),
            static (writer, state) =>
            {
                RpcParams.WritePublicKey(writer, state.account);
                writer.WriteStartObject();
                writer.WriteNumber("limit"u8, state.limit);
                if (state.before is { } before)
                {
                    writer.WriteString("before"u8, before.ToString());
                }

                if (state.until is { } until)
                {
                    writer.WriteString("until"u8, until.ToString());
                }

                RpcParams.WriteQuery(writer, state.query);
                writer.WriteEndObject();
            },
            RpcJson.Default.IReadOnlyListSignatureInfo,
            ct);
    }

    /// <summary>One chunk of statuses, its failure as a value.</summary>
    internal async ValueTask<RpcResult<AtSlot<IReadOnlyList<SignatureStatus?>>>> TryGetStatuses(
        ReadOnlyMemory<Signature> signatures, bool searchHistory, CancellationToken ct)
    {
        const string Method = "getSignatureStatuses";
        var called = await Call(
            Method,
            (signatures, searchHistory),
            static (writer, state) =>
            {
                writer.WriteStartArray();
                foreach (var signature in state.signatures.Span)
                {
                    RpcParams.WriteSignature(writer, signature);
                }

                writer.WriteEndArray();
                if (state.searchHistory)
                {
                    writer.WriteStartObject();
                    writer.WriteBoolean("searchTransactionHistory"u8, true);
                    writer.WriteEndObject();
                }
            },
            RpcJson.Default.ContextReplyIReadOnlyListSignatureStatus,
            ct,
            size: SmallRequest + (signatures.Length * (Signature.MaxTextLength + 3)));
        if (!called.TryGet(out var reply, out var error))
        {
            return error;
        }

        return reply.Value?.Count == signatures.Length
            ? new AtSlot<IReadOnlyList<SignatureStatus?>>(reply.Context.Slot, reply.Value)
            : Malformed(Method, $"{reply.Value?.Count ?? 0} statuses for {signatures.Length} signatures");
    }
}
