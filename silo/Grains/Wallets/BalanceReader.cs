using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Reads what a wallet has on chain, of SOL and of tokens.</summary>
/// <param name="chain">Reads accounts, with a deadline.</param>
/// <param name="rent">Knows what a wallet must keep.</param>
internal sealed class BalanceReader(ChainReader chain, RentReader rent)
{
    /// <summary>Mints answered at once: with the wallet itself they fill one request for accounts.</summary>
    public const int MaxMints = ChainReader.MaxAccounts - 1;

    /// <summary>Reads balances, SOL first, then the mints in their order.</summary>
    /// <param name="wallet">Whose.</param>
    /// <param name="mints">At most <see cref="MaxMints"/>.</param>
    /// <param name="books">Say what is reserved.</param>
    /// <param name="cancellationToken">Gives up; the chain reader's deadline holds all the same.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.FailedPrecondition"/>: one is no mint; <see cref="StatusCode.Unavailable"/>: no answer in time.
    /// </exception>
    public async Task<IEnumerable<Balance>> Read(
        PublicKey wallet, IReadOnlyList<PublicKey> mints, WalletBooks books, CancellationToken cancellationToken)
    {
        var decoded = await ReadMints(mints, cancellationToken);
        PublicKey[] holders = [.. mints.Select((mint, i) => AssociatedTokenAccount.Derive(wallet, mint, decoded[i].Program))];
        var (slot, accounts) = await chain.ReadAccounts([wallet, .. holders], cancellationToken);
        var keep = await rent.MinimumBalance(dataLength: 0, cancellationToken);
        var sol = new Balance
        {
            Decimals = 9,
            Confirmed = accounts[0]?.Lamports ?? 0,
            Reserved = books.Reserved(null, slot),
        };
        sol.Available = Left(sol.Confirmed, checked(sol.Reserved + keep));
        return [sol, .. mints.Select((mint, i) => TokenBalance(mint, decoded[i], holders[i], accounts[i + 1], books.Reserved(mint, slot)))];
    }

    /// <summary>The mints of all associated token accounts of a wallet, in order of address.</summary>
    /// <param name="wallet">Whose.</param>
    /// <param name="cancellationToken">Gives up; the chain reader's deadline holds all the same.</param>
    public async Task<IReadOnlyList<PublicKey>> ListMints(PublicKey wallet, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(
            AccountsOf(wallet, TokenProgram.SplTokenId, cancellationToken),
            AccountsOf(wallet, TokenProgram.Token2022Id, cancellationToken));
        return [.. found.SelectMany(mints => mints).Distinct().Order()];
    }

    /// <summary>Payments go through associated token accounts alone; tokens elsewhere are no balance to pay from.</summary>
    private async Task<IEnumerable<PublicKey>> AccountsOf(PublicKey wallet, PublicKey program, CancellationToken cancellationToken)
    {
        var (_, accounts) = await chain.Ask(
            (rpc, stop) => rpc.GetTokenAccountsByOwner(wallet, program, RpcQuery.Confirmed, stop), cancellationToken);
        return accounts
            .Select(keyed => (keyed.Pubkey, Account: Decode(keyed.Account)))
            .Where(keyed => keyed.Account is { } account && AssociatedTokenAccount.Derive(wallet, account.Mint, program) == keyed.Pubkey)
            .Select(keyed => keyed.Account!.Mint);
    }

    private async Task<MintAccount[]> ReadMints(IReadOnlyList<PublicKey> mints, CancellationToken cancellationToken)
    {
        if (mints.Count == 0)
        {
            return [];
        }

        var (_, accounts) = await chain.ReadAccounts(mints, cancellationToken);
        return [.. mints.Select((mint, i) => MintPolicy.Decode(mint, accounts[i]))];
    }

    private static Balance TokenBalance(in PublicKey mint, MintAccount decoded, in PublicKey holder, AccountInfo? account, ulong reserved)
    {
        var tokens = account is null ? null : Decode(account);
        var confirmed = tokens?.Amount ?? 0;
        return new Balance
        {
            Mint = mint.ToString(),
            Decimals = decoded.Decimals,
            Confirmed = confirmed,
            Reserved = reserved,
            Available = tokens is { IsFrozen: true } ? 0 : Left(confirmed, reserved),
            Frozen = tokens is { IsFrozen: true },
            TokenAccount = holder.ToString(),
        };
    }

    private static TokenAccount? Decode(AccountInfo account) =>
        TokenAccount.TryDecode(account.Owner, account.Data.Span, out var tokens, out _) ? tokens : null;

    private static ulong Left(ulong amount, ulong taken) => amount - Math.Min(amount, taken);
}
