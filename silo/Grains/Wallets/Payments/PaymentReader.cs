using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Payments;

/// <summary>
/// Asks the chain what a payment needs to know, all at once: one request for accounts, which wallets share, the rest
/// mostly from caches.
/// </summary>
/// <param name="chain">Reads accounts, with a deadline.</param>
/// <param name="rent">Knows what accounts must hold.</param>
/// <param name="sender">Knows blockhash and priority fee.</param>
internal sealed class PaymentReader(ChainReader chain, RentReader rent, ITransactionSender sender)
{
    /// <summary>Reads the facts of a payment.</summary>
    /// <param name="wallet">Who pays.</param>
    /// <param name="order">What.</param>
    /// <param name="cancellationToken">Gives up; the chain reader's deadline holds all the same.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.FailedPrecondition"/>: the mint cannot be paid; <see cref="StatusCode.Unavailable"/>: no answer in time.
    /// </exception>
    public async Task<PaymentFacts> Read(PublicKey wallet, PaymentOrder order, CancellationToken cancellationToken)
    {
        var terms = ReadTerms(wallet, cancellationToken);
        var (slot, lamports, recipient, token) = order.Mint is { } mint
            ? await ReadToken(wallet, order.Destination, mint, cancellationToken)
            : await ReadSol(wallet, order.Destination, cancellationToken);
        return new PaymentFacts(slot, lamports, recipient, token, await terms);
    }

    /// <summary>On what terms the network takes a transaction of this wallet now.</summary>
    /// <param name="wallet">The account that all of its transactions write.</param>
    /// <param name="cancellationToken">Gives up; the chain reader's deadline holds all the same.</param>
    public async Task<NetworkTerms> ReadTerms(PublicKey wallet, CancellationToken cancellationToken)
    {
        var blockhash = chain.Ask((_, stop) => sender.GetRecentBlockhash(stop).AsTask(), cancellationToken);
        var price = chain.Ask((_, stop) => sender.GetPriorityFee(new[] { wallet }, stop).AsTask(), cancellationToken);
        var walletRent = rent.MinimumBalance(dataLength: 0, cancellationToken).AsTask();
        await Task.WhenAll(blockhash, price, walletRent);
        return new NetworkTerms(await blockhash, await price, await walletRent);
    }

    private async Task<(ulong Slot, ulong Lamports, AccountInfo? Recipient, TokenFacts? Token)> ReadSol(
        PublicKey wallet, PublicKey destination, CancellationToken cancellationToken)
    {
        var (slot, accounts) = await chain.ReadAccounts([wallet, destination], cancellationToken);
        return (slot, accounts[0]?.Lamports ?? 0, accounts[1], null);
    }

    /// <summary>
    /// Which program the mint belongs to is known only afterwards, so the token accounts of both are read: one request
    /// instead of two.
    /// </summary>
    private async Task<(ulong Slot, ulong Lamports, AccountInfo? Recipient, TokenFacts? Token)> ReadToken(
        PublicKey wallet, PublicKey destination, PublicKey mint, CancellationToken cancellationToken)
    {
        var (slot, accounts) = await chain.ReadAccounts(
            [
                wallet,
                destination,
                mint,
                Sysvars.Clock,
                AssociatedTokenAccount.Derive(wallet, mint, TokenProgram.SplTokenId),
                AssociatedTokenAccount.Derive(destination, mint, TokenProgram.SplTokenId),
                AssociatedTokenAccount.Derive(wallet, mint, TokenProgram.Token2022Id),
                AssociatedTokenAccount.Derive(destination, mint, TokenProgram.Token2022Id),
            ],
            cancellationToken);
        var info = MintPolicy.Require(mint, accounts[2], Sysvars.Epoch(accounts[3]));
        var first = info.Program == TokenProgram.SplTokenId ? 4 : 6;
        var target = AssociatedTokenAccount.Derive(destination, mint, info.Program, out var bump);
        var token = new TokenFacts(
            info,
            info.AccountOf(wallet),
            Decode(accounts[first]),
            target,
            accounts[first + 1],
            bump,
            await rent.MinimumBalance(info.AccountSize, cancellationToken));
        return (slot, accounts[0]?.Lamports ?? 0, accounts[1], token);
    }

    private static TokenAccount? Decode(AccountInfo? account) =>
        account is not null && TokenAccount.TryDecode(account.Owner, account.Data.Span, out var tokens, out _) ? tokens : null;
}
