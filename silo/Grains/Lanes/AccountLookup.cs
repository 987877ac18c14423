using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>Asks the chain for the accounts that recipients are paid into, hundreds at a time, at commitment "confirmed".</summary>
internal sealed class AccountLookup(ISolanaRpc rpc)
{
    /// <summary>Offset of the owner in a token account, and the distance from there to the end of its state.</summary>
    private static readonly DataSlice OwnerToState = new(32, 77);

    private const int StateOffset = 108 - 32;
    private const byte Initialized = 1;

    /// <summary>Looks recipients up.</summary>
    /// <param name="asset">What they are paid in.</param>
    /// <param name="recipients">In order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One for each, in their order, and why those that are refused are.</returns>
    /// <exception cref="RpcException">The chain could not be asked.</exception>
    public Task<Lookup> Look(PayoutAsset asset, ReadOnlyMemory<Recipient> recipients, CancellationToken cancellationToken) =>
        asset.Token is { } token
            ? LookAtTokenAccounts(token, recipients, cancellationToken)
            : LookAtWallets(asset, recipients, cancellationToken);

    private async Task<Lookup> LookAtTokenAccounts(MintInfo token, ReadOnlyMemory<Recipient> recipients, CancellationToken cancellationToken)
    {
        var payees = new Payee[recipients.Length];
        var accounts = new PublicKey[recipients.Length];
        for (var at = 0; at < payees.Length; at++)
        {
            var recipient = recipients.Span[at];
            accounts[at] = AssociatedTokenAccount.Derive(recipient.Owner, token.Address, token.Program, out var bump);
            payees[at] = new Payee(recipient, accounts[at], bump, PayeeState.Unknown);
        }

        // Extensions of Token-2022 accounts have their say too, so those are read whole.
        DataSlice? slice = token.Program == TokenProgram.SplTokenId ? OwnerToState : null;
        var (_, found) = await rpc.GetMultipleAccounts(accounts, RpcQuery.Confirmed, slice, cancellationToken);
        var reasons = new Dictionary<long, string>();
        for (var at = 0; at < payees.Length; at++)
        {
            var payee = payees[at];
            var reason = slice is null
                ? RecipientPolicy.TokenAccountRefusal(payee.Recipient.Owner, token, found[at], hasMemo: false)
                : SplRefusal(token, payee.Recipient.Owner, found[at]);
            if (reason is not null)
            {
                reasons[payee.Recipient.Sequence] = reason;
            }

            payees[at] = payee with { State = reason is not null ? PayeeState.Refused : StateOf(found[at]) };
        }

        return new Lookup(payees, reasons);
    }

    /// <summary>Whoever sends lamports to an address makes it exist without making it a token account.</summary>
    private static PayeeState StateOf(AccountInfo? account) =>
        account is null || account.Owner == SystemProgram.ProgramId ? PayeeState.Missing : PayeeState.Ready;

    /// <summary>The same answers as <see cref="RecipientPolicy"/> gives, from a slice of an account of SPL Token.</summary>
    private static string? SplRefusal(MintInfo token, in PublicKey recipient, AccountInfo? account)
    {
        if (StateOf(account) == PayeeState.Missing)
        {
            return null;
        }

        var data = account!.Data.Span;
        if (account.Owner != token.Program || data.Length != OwnerToState.Length)
        {
            return $"what stands at the recipient's token account is no token account; {account.Owner} owns it";
        }

        var owner = PublicKey.FromBytes(data[..PublicKey.Size]);
        if (owner != recipient)
        {
            return $"the recipient's token account was given to {owner}";
        }

        return data[StateOffset] == Initialized ? null : "the recipient's token account is frozen by the mint's authority";
    }

    /// <summary>
    /// Lamports sent to a token account or a mint are as good as lost, so all are looked at: owners first, without data, and
    /// then the few whole that belong to a token program.
    /// </summary>
    private async Task<Lookup> LookAtWallets(PayoutAsset asset, ReadOnlyMemory<Recipient> recipients, CancellationToken cancellationToken)
    {
        var wallets = new PublicKey[recipients.Length];
        for (var at = 0; at < wallets.Length; at++)
        {
            wallets[at] = recipients.Span[at].Owner;
        }

        var (_, found) = await rpc.GetMultipleAccounts(wallets, RpcQuery.Confirmed, new DataSlice(0, 0), cancellationToken);
        var ofTokenPrograms = await ReadWhole(wallets, found, cancellationToken);
        var payees = new Payee[wallets.Length];
        var reasons = new Dictionary<long, string>();
        for (var at = 0; at < payees.Length; at++)
        {
            var recipient = recipients.Span[at];
            var reason = WalletRefusal(asset, recipient, ofTokenPrograms.GetValueOrDefault(at, found[at]));
            if (reason is not null)
            {
                reasons[recipient.Sequence] = reason;
            }

            payees[at] = new Payee(recipient, recipient.Owner, byte.MaxValue, reason is null ? PayeeState.Ready : PayeeState.Refused);
        }

        return new Lookup(payees, reasons);
    }

    /// <summary>The accounts of token programs with their data, by place.</summary>
    private async Task<Dictionary<int, AccountInfo?>> ReadWhole(
        PublicKey[] wallets, IReadOnlyList<AccountInfo?> found, CancellationToken cancellationToken)
    {
        int[] places = [.. Enumerable.Range(0, wallets.Length).Where(at => found[at] is { } account && TokenProgram.IsTokenProgram(account.Owner))];
        if (places.Length == 0)
        {
            return [];
        }

        PublicKey[] accounts = [.. places.Select(at => wallets[at])];
        var (_, whole) = await rpc.GetMultipleAccounts(accounts, RpcQuery.Confirmed, slice: null, cancellationToken);
        return places.Zip(whole).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>Who gets less than a wallet must hold must have one already.</summary>
    private static string? WalletRefusal(PayoutAsset asset, in Recipient recipient, AccountInfo? account)
    {
        if (account is null && recipient.Amount < asset.AccountRent)
        {
            return $"the wallet does not exist, and {recipient.Amount} lamports are less than the {asset.AccountRent} that a new one must hold";
        }

        return RecipientPolicy.Refusal(account) is { } refusal ? $"the recipient {refusal}" : null;
    }
}

/// <summary>What the chain says of some recipients.</summary>
/// <param name="Payees">In the order asked for.</param>
/// <param name="Reasons">Of those refused, by sequence.</param>
internal sealed record Lookup(Payee[] Payees, IReadOnlyDictionary<long, string> Reasons);
