namespace Cluster.Solana;

/// <summary>
/// The questions that a Solana node answers over JSON-RPC. All are read-only and safe to repeat. Each throws
/// <see cref="RpcException"/> where no endpoint gave an answer.
/// </summary>
public interface ISolanaRpc
{
    /// <summary><c>getLatestBlockhash</c>.</summary>
    Task<RecentBlockhash> GetLatestBlockhash(RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>isBlockhashValid</c>.</summary>
    Task<bool> IsBlockhashValid(Blockhash blockhash, RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getBlockHeight</c>.</summary>
    Task<ulong> GetBlockHeight(RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getSlot</c>.</summary>
    Task<ulong> GetSlot(RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getEpochInfo</c>: slot and block height of one moment.</summary>
    Task<EpochInfo> GetEpochInfo(RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getBalance</c> in lamports; 0 where the account does not exist.</summary>
    Task<AtSlot<ulong>> GetBalance(PublicKey account, RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getAccountInfo</c>; a null value where the account does not exist.</summary>
    Task<AtSlot<AccountInfo?>> GetAccountInfo(
        PublicKey account, RpcQuery query = default, DataSlice? slice = null, CancellationToken ct = default);

    /// <summary>
    /// <c>getMultipleAccounts</c> for any number of accounts, in chunks of 100 asked at once, in the order given, null
    /// where one does not exist. The slot is the oldest of the chunks'.
    /// </summary>
    Task<AtSlot<IReadOnlyList<AccountInfo?>>> GetMultipleAccounts(
        IReadOnlyList<PublicKey> accounts, RpcQuery query = default, DataSlice? slice = null, CancellationToken ct = default);

    /// <summary>
    /// <c>getTokenAccountsByOwner</c>: every token account that an owner has in one of the two token programs.
    /// </summary>
    Task<AtSlot<IReadOnlyList<KeyedAccount>>> GetTokenAccountsByOwner(
        PublicKey owner, PublicKey tokenProgram, RpcQuery query = default, CancellationToken ct = default);

    /// <summary>
    /// <c>getSignatureStatuses</c> for any number of signatures, in chunks of 256 asked at once, in the order given, null
    /// where one is not known. The slot is the oldest of the chunks'.
    /// </summary>
    /// <param name="signatures">The transactions.</param>
    /// <param name="searchHistory">
    /// Search the ledger's history too and not only the last few minutes; without it, null says only «not lately».
    /// </param>
    /// <param name="ct">Ends the call.</param>
    Task<AtSlot<IReadOnlyList<SignatureStatus?>>> GetSignatureStatuses(
        IReadOnlyList<Signature> signatures, bool searchHistory, CancellationToken ct = default);

    /// <summary>
    /// <c>simulateTransaction</c>, without checking signatures and, unless asked to keep it, with a recent blockhash put
    /// in by the node.
    /// </summary>
    Task<AtSlot<SimulationResult>> SimulateTransaction(
        ReadOnlyMemory<byte> transaction, bool keepBlockhash = false, RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getTransaction</c>; null where the node does not know it at the commitment asked for.</summary>
    Task<TransactionInfo?> GetTransaction(Signature signature, RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getSignaturesForAddress</c>, newest first, at most 1,000.</summary>
    /// <param name="account">The account.</param>
    /// <param name="before">Start below this one.</param>
    /// <param name="until">Stop above this one.</param>
    /// <param name="limit">At most so many, 1 to 1,000.</param>
    /// <param name="query">From which state.</param>
    /// <param name="ct">Ends the call.</param>
    Task<IReadOnlyList<SignatureInfo>> GetSignaturesForAddress(
        PublicKey account,
        Signature? before = null,
        Signature? until = null,
        int limit = 1000,
        RpcQuery query = default,
        CancellationToken ct = default);

    /// <summary><c>getRecentPrioritizationFees</c> of up to 128 accounts; none means the whole ledger.</summary>
    Task<IReadOnlyList<PrioritizationFee>> GetRecentPrioritizationFees(
        ReadOnlyMemory<PublicKey> writable, CancellationToken ct = default);

    /// <summary><c>getMinimumBalanceForRentExemption</c> in lamports.</summary>
    Task<ulong> GetMinimumBalanceForRentExemption(int dataLength, RpcQuery query = default, CancellationToken ct = default);

    /// <summary>
    /// <c>getBlocks</c>: the slots from <paramref name="firstSlot"/> to <paramref name="lastSlot"/> that the node holds a
    /// block of. Nodes take ranges of up to 500,000 slots.
    /// </summary>
    Task<IReadOnlyList<ulong>> GetBlocks(ulong firstSlot, ulong lastSlot, RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getBlock</c> without its transactions: the height of a slot's block; null where the node kept none.</summary>
    Task<ulong?> GetHeightOfBlock(ulong slot, RpcQuery query = default, CancellationToken ct = default);

    /// <summary><c>getVersion</c>.</summary>
    Task<NodeVersion> GetVersion(CancellationToken ct = default);

    /// <summary><c>getGenesisHash</c>: which network this is.</summary>
    Task<Blockhash> GetGenesisHash(CancellationToken ct = default);

    /// <summary><c>getHealth</c>: returns where the node is healthy, and throws <see cref="RpcFailure.NodeBehind"/> where not.</summary>
    Task GetHealth(CancellationToken ct = default);
}
