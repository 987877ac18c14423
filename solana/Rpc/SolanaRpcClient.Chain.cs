namespace Cluster.Solana;

/// <content>Questions about the chain and the node.</content>
public sealed partial class SolanaRpcClient
{
    /// <inheritdoc/>
    public async Task<RecentBlockhash> GetLatestBlockhash(RpcQuery query = default, CancellationToken ct = default)
    {
        var reply = await Ask("getLatestBlockhash", query, RpcJson.Default.ContextReplyLatestBlockhash, ct);
        return new RecentBlockhash(reply.Value.Blockhash, reply.Value.LastValidBlockHeight, reply.Context.Slot);
    }

    /// <inheritdoc/>
    public async Task<bool> IsBlockhashValid(Blockhash blockhash, RpcQuery query = default, CancellationToken ct = default)
    {
        var reply = await Ask(
            "isBlockhashValid",
            (blockhash, query),
            static (writer, state) =>
            {
                writer.WriteStringValue(state.blockhash.ToString());
                RpcParams.WriteConfig(writer, state.query);
            },
            RpcJson.Default.ContextReplyBoolean,
            ct);
        return reply.Value;
    }

    /// <inheritdoc/>
    public Task<ulong> GetBlockHeight(RpcQuery query = default, CancellationToken ct = default) =>
        Ask("getBlockHeight", query, RpcJson.Default.UInt64, ct);

    /// <inheritdoc/>
    public Task<ulong> GetSlot(RpcQuery query = default, CancellationToken ct = default) =>
        Ask("getSlot", query, RpcJson.Default.UInt64, ct);

    /// <inheritdoc/>
    public Task<EpochInfo> GetEpochInfo(RpcQuery query = default, CancellationToken ct = default) =>
        Ask("getEpochInfo", query, RpcJson.Default.EpochInfo, ct);

    /// <inheritdoc/>
    public Task<ulong> GetMinimumBalanceForRentExemption(int dataLength, RpcQuery query = default, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dataLength);
        return Ask(
            "getMinimumBalanceForRentExemption",
            (dataLength, query),
            static (writer, state) =>
            {
                writer.WriteNumberValue(state.dataLength);
                RpcParams.WriteConfig(writer, state.query with { MinContextSlot = null });
            },
            RpcJson.Default.UInt64,
            ct);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ulong>> GetBlocks(
        ulong firstSlot, ulong lastSlot, RpcQuery query = default, CancellationToken ct = default) =>
        Ask(
            "getBlocks",
            (firstSlot, lastSlot, query),
            static (writer, state) =>
            {
                writer.WriteNumberValue(state.firstSlot);
                writer.WriteNumberValue(state.lastSlot);
                RpcParams.WriteConfig(writer, state.query);
            },
            RpcJson.Default.IReadOnlyListUInt64,
            ct);

    /// <inheritdoc/>
    public async Task<ulong?> GetHeightOfBlock(ulong slot, RpcQuery query = default, CancellationToken ct = default)
    {
        var block = await Ask(
            "getBlock",
            (slot, query),
            static (writer, state) =>
            {
                writer.WriteNumberValue(state.slot);
                writer.WriteStartObject();
                writer.WriteString("transactionDetails"u8, "none"u8);
                writer.WriteBoolean("rewards"u8, false);
                writer.WriteNumber("maxSupportedTransactionVersion"u8, 0);
                RpcParams.WriteCommitment(writer, state.query.Commitment);
                writer.WriteEndObject();
            },
            RpcJson.Default.BlockHeader,
            ct,
            nullable: true);
        return block?.BlockHeight;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<PrioritizationFee>> GetRecentPrioritizationFees(
        ReadOnlyMemory<PublicKey> writable, CancellationToken ct = default) =>
        Ask(
            "getRecentPrioritizationFees",
            writable,
            static (writer, accounts) => RpcParams.WritePublicKeys(writer, accounts.Span),
            RpcJson.Default.IReadOnlyListPrioritizationFee,
            ct);

    /// <inheritdoc/>
    public Task<NodeVersion> GetVersion(CancellationToken ct = default) =>
        Ask("getVersion", default, RpcJson.Default.NodeVersion, ct);

    /// <inheritdoc/>
    public Task<Blockhash> GetGenesisHash(CancellationToken ct = default) =>
        Ask("getGenesisHash", default, RpcJson.Default.Blockhash, ct);

    /// <inheritdoc/>
    public async Task GetHealth(CancellationToken ct = default)
    {
        var health = await Ask("getHealth", default, RpcJson.Default.String, ct);
        if (health != "ok")
        {
            throw Malformed("getHealth", "the node says neither ok nor an error");
        }
    }
}
