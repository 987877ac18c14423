namespace Cluster.Solana;

/// <summary>
/// Asks whichever node is fit, and another where one fails in a way that may pass: a bounded number of times, with
/// backoff, within one deadline.
/// </summary>
internal sealed class FailoverRpc(RpcPool pool, TimeSpan deadline, TimeProvider time) : ISolanaRpc
{
    private const int MaxAttempts = 16;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public Task<RecentBlockhash> GetLatestBlockhash(RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetLatestBlockhash(query, stop), ct);

    public Task<bool> IsBlockhashValid(Blockhash blockhash, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.IsBlockhashValid(blockhash, query, stop), ct);

    public Task<ulong> GetBlockHeight(RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetBlockHeight(query, stop), ct);

    public Task<ulong> GetSlot(RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetSlot(query, stop), ct);

    public Task<EpochInfo> GetEpochInfo(RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetEpochInfo(query, stop), ct);

    public Task<AtSlot<ulong>> GetBalance(PublicKey account, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetBalance(account, query, stop), ct);

    public Task<AtSlot<AccountInfo?>> GetAccountInfo(
        PublicKey account, RpcQuery query = default, DataSlice? slice = null, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetAccountInfo(account, query, slice, stop), ct);

    public Task<AtSlot<IReadOnlyList<AccountInfo?>>> GetMultipleAccounts(
        IReadOnlyList<PublicKey> accounts, RpcQuery query = default, DataSlice? slice = null, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetMultipleAccounts(accounts, query, slice, stop), ct);

    public Task<AtSlot<IReadOnlyList<KeyedAccount>>> GetTokenAccountsByOwner(
        PublicKey owner, PublicKey tokenProgram, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetTokenAccountsByOwner(owner, tokenProgram, query, stop), ct);

    public Task<AtSlot<IReadOnlyList<SignatureStatus?>>> GetSignatureStatuses(
        IReadOnlyList<Signature> signatures, bool searchHistory, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetSignatureStatuses(signatures, searchHistory, stop), ct);

    public Task<AtSlot<SimulationResult>> SimulateTransaction(
        ReadOnlyMemory<byte> transaction, bool keepBlockhash = false, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.SimulateTransaction(transaction, keepBlockhash, query, stop), ct);

    public Task<TransactionInfo?> GetTransaction(Signature signature, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetTransaction(signature, query, stop), ct);

    public Task<IReadOnlyList<SignatureInfo>> GetSignaturesForAddress(
        PublicKey account,
        Signature? before = null,
        Signature? until = null,
        int limit = 1000,
        RpcQuery query = default,
        CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetSignaturesForAddress(account, before, until, limit, query, stop), ct);

    public Task<IReadOnlyList<PrioritizationFee>> GetRecentPrioritizationFees(
        ReadOnlyMemory<PublicKey> writable, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetRecentPrioritizationFees(writable, stop), ct);

    public Task<ulong> GetMinimumBalanceForRentExemption(int dataLength, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetMinimumBalanceForRentExemption(dataLength, query, stop), ct);

    public Task<IReadOnlyList<ulong>> GetBlocks(ulong firstSlot, ulong lastSlot, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetBlocks(firstSlot, lastSlot, query, stop), ct);

    public Task<ulong?> GetHeightOfBlock(ulong slot, RpcQuery query = default, CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetHeightOfBlock(slot, query, stop), ct);

    public Task<NodeVersion> GetVersion(CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetVersion(stop), ct);

    public Task<Blockhash> GetGenesisHash(CancellationToken ct = default) =>
        Ask((rpc, stop) => rpc.GetGenesisHash(stop), ct);

    public Task GetHealth(CancellationToken ct = default) =>
        Ask(
            async (rpc, stop) =>
            {
                await rpc.GetHealth(stop);
                return true;
            },
            ct);

    private async Task<T> Ask<T>(Func<SolanaRpcClient, CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        RpcException? last = null;
        try
        {
            for (var (attempt, behind) = (0, 0); ; attempt++)
            {
                // A node that has not reached the slot asked for is fit for everybody else; here the next one is asked.
                var node = await pool.Pick(behind, either.Token);
                try
                {
                    await node.TakeRequest(either.Token);
                    var answer = await ask(node.Client, either.Token);
                    node.Observe(null);
                    return answer;
                }
                catch (RpcException exception)
                {
                    node.Observe(exception);
                    last = exception;
                    behind += exception.Failure == RpcFailure.NodeBehind ? 1 : 0;
                    if (!exception.IsTransient || attempt + 1 == MaxAttempts)
                    {
                        throw;
                    }
                }

                await Task.Delay(Backoff.Exponential(attempt, FirstPause, LongestPause), time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw last ?? NoEndpoint();
        }
    }

    private RpcException NoEndpoint() => new(
        RpcFailure.Unreachable,
        string.Join(", ", pool.Nodes),
        "any call",
        $"no endpoint answered within {deadline.TotalSeconds:0.###} s; check Solana:Endpoints");
}
