namespace Cluster.Solana;

/// <content>Questions about accounts.</content>
public sealed partial class SolanaRpcClient
{
    private const int AccountsPerCall = 100;

    /// <inheritdoc/>
    public async Task<AtSlot<ulong>> GetBalance(PublicKey account, RpcQuery query = default, CancellationToken ct = default)
    {
        var reply = await Ask(
            "getBalance",
            (account, query),
            static (writer, state) =>
            {
                RpcParams.WritePublicKey(writer, state.account);
                RpcParams.WriteConfig(writer, state.query);
            },
            RpcJson.Default.ContextReplyUInt64,
            ct);
        return new AtSlot<ulong>(reply.Context.Slot, reply.Value);
    }

    /// <inheritdoc/>
    public async Task<AtSlot<AccountInfo?>> GetAccountInfo(
        PublicKey account, RpcQuery query = default, DataSlice? slice = null, CancellationToken ct = default)
    {
        var reply = await Ask(
            "getAccountInfo",
            (account, query, slice),
            static (writer, state) =>
            {
                RpcParams.WritePublicKey(writer, state.account);
                RpcParams.WriteAccountConfig(writer, state.query, state.slice);
            },
            RpcJson.Default.ContextReplyAccountInfo,
            ct);
        return new AtSlot<AccountInfo?>(reply.Context.Slot, reply.Value);
    }

    /// <inheritdoc/>
    public Task<AtSlot<IReadOnlyList<AccountInfo?>>> GetMultipleAccounts(
        IReadOnlyList<PublicKey> accounts, RpcQuery query = default, DataSlice? slice = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        return Chunks.Ask<PublicKey, AccountInfo?>(
            accounts,
            AccountsPerCall,
            _options.MaxConcurrentChunks,
            (chunk, stop) => GetAccountsChunk(chunk, query, slice, stop),
            ct);
    }

    /// <inheritdoc/>
    public async Task<AtSlot<IReadOnlyList<KeyedAccount>>> GetTokenAccountsByOwner(
        PublicKey owner, PublicKey tokenProgram, RpcQuery query = default, CancellationToken ct = default)
    {
        const string Method = "getTokenAccountsByOwner";
        var reply = await Ask(
            Method,
            (owner, tokenProgram, query),
            static (writer, state) =>
            {
                RpcParams.WritePublicKey(writer, state.owner);
                writer.WriteStartObject();
                writer.WritePropertyName("programId"u8);
                RpcParams.WritePublicKey(writer, state.tokenProgram);
                writer.WriteEndObject();
                RpcParams.WriteAccountConfig(writer, state.query, slice: null);
            },
            RpcJson.Default.ContextReplyIReadOnlyListKeyedAccount,
            ct);
        return new AtSlot<IReadOnlyList<KeyedAccount>>(reply.Context.Slot, reply.Value ?? throw Malformed(Method, "no list of accounts"));
    }

    private async Task<AtSlot<IReadOnlyList<AccountInfo?>>> GetAccountsChunk(
        ReadOnlyMemory<PublicKey> accounts, RpcQuery query, DataSlice? slice, CancellationToken ct)
    {
        const string Method = "getMultipleAccounts";
        var reply = await Ask(
            Method,
            (accounts, query, slice),
            static (writer, state) =>
            {
                RpcParams.WritePublicKeys(writer, state.accounts.Span);
                RpcParams.WriteAccountConfig(writer, state.query, state.slice);
            },
            RpcJson.Default.ContextReplyIReadOnlyListAccountInfo,
            ct,
            size: SmallRequest + (accounts.Length * (PublicKey.MaxTextLength + 3)));
        if (reply.Context.Slot < query.MinContextSlot)
        {
            // Gateways before nodes have been seen to drop the parameter.
            throw Behind(Method, reply.Context.Slot, query.MinContextSlot.Value);
        }

        return reply.Value?.Count == accounts.Length
            ? new AtSlot<IReadOnlyList<AccountInfo?>>(reply.Context.Slot, reply.Value)
            : throw Malformed(Method, $"{reply.Value?.Count ?? 0} accounts for {accounts.Length}");
    }
}
