using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Sweeps;

/// <summary>Asks the chain what emptying a wallet needs to know. It always asks: others may have paid out of the wallet.</summary>
/// <param name="chain">Reads accounts, with a deadline.</param>
/// <param name="rent">Knows what accounts must hold.</param>
/// <param name="payments">Knows the network's terms.</param>
internal sealed class SweepReader(ChainReader chain, RentReader rent, PaymentReader payments)
{
    /// <summary>Reads the facts of a sweep.</summary>
    /// <param name="wallet">Is emptied.</param>
    /// <param name="destination">Gets all.</param>
    /// <param name="mint">Besides SOL; null for SOL alone.</param>
    /// <param name="since">The slot that the answer must not be older than: what it does not show is left behind.</param>
    /// <param name="cancellationToken">Gives up; the chain reader's deadline holds all the same.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.FailedPrecondition"/>: the token cannot be paid; <see cref="StatusCode.Unavailable"/>: no answer in time.
    /// </exception>
    public async Task<SweepFacts> Read(
        PublicKey wallet, PublicKey destination, PublicKey? mint, ulong since, CancellationToken cancellationToken)
    {
        var terms = payments.ReadTerms(wallet, cancellationToken);
        if (mint is not { } token)
        {
            var (_, alone) = await chain.ReadAccounts([wallet], cancellationToken, since);
            return new SweepFacts(alone[0]?.Lamports ?? 0, null, await terms);
        }

        var (_, accounts) = await chain.ReadAccounts(
            [
                wallet,
                token,
                Sysvars.Clock,
                AssociatedTokenAccount.Derive(wallet, token, TokenProgram.SplTokenId),
                AssociatedTokenAccount.Derive(destination, token, TokenProgram.SplTokenId),
                AssociatedTokenAccount.Derive(wallet, token, TokenProgram.Token2022Id),
                AssociatedTokenAccount.Derive(destination, token, TokenProgram.Token2022Id),
            ],
            cancellationToken,
            since);
        var info = MintPolicy.Require(token, accounts[1], Sysvars.Epoch(accounts[2]));
        var first = info.Program == TokenProgram.SplTokenId ? 3 : 5;
        var swept = await Swept(wallet, destination, info, accounts[first], accounts[first + 1], cancellationToken);
        return new SweepFacts(accounts[0]?.Lamports ?? 0, swept, await terms);
    }

    private async Task<SweptAccount?> Swept(
        PublicKey wallet, PublicKey destination, MintInfo mint, AccountInfo? source, AccountInfo? target, CancellationToken cancellationToken)
    {
        if (source is null || !TokenAccount.TryDecode(source.Owner, source.Data.Span, out var account, out _))
        {
            return null;
        }

        var address = AssociatedTokenAccount.Derive(destination, mint.Address, mint.Program, out var bump);
        var swept = new SweptAccount(mint, mint.AccountOf(wallet), account, address, bump, RentToPay: null);
        if (account.Amount == 0)
        {
            return swept;
        }

        if (account.IsFrozen)
        {
            throw Refused(wallet, $"its token account {swept.Source} is frozen by the authority of mint {mint.Address}");
        }

        if (RecipientPolicy.TokenAccountRefusal(destination, mint, target, hasMemo: false) is { } refusal)
        {
            throw Refused(wallet, $"{destination} cannot be paid: {refusal}");
        }

        if (target is not null && target.Owner != SystemProgram.ProgramId)
        {
            return swept;
        }

        var needed = await rent.MinimumBalance(mint.AccountSize, cancellationToken);
        return swept with { RentToPay = needed - Math.Min(needed, target?.Lamports ?? 0) };
    }

    private static ClusterException Refused(in PublicKey wallet, string why) =>
        new(StatusCode.FailedPrecondition, $"wallet {wallet} cannot be swept: {why}.");
}
