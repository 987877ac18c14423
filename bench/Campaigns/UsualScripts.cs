using System.Diagnostics;
using Cluster.Solana;

namespace Cluster.Bench.Campaigns;

/// <summary>What a user would pick instead: scripts that send one transaction after the other.</summary>
/// <param name="localnet">The ledger.</param>
internal sealed class UsualScripts(Localnet localnet)
{
    private const ulong Lamports = 10_000_000_000;

    private static readonly SendOptions SkipPreflight = new(SkipPreflight: true);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>10 transfers a transaction, each confirmed before the next is sent.</summary>
    /// <param name="recipients">Everybody; their token accounts are made first and not timed, in the script's favour.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Recipients a second.</returns>
    public Task<double> ConfirmEach(PublicKey[] recipients, CancellationToken cancellationToken) =>
        Run(recipients, transfers: 10, confirm: true, cancellationToken);

    /// <summary>15 recipients a transaction, three requests each: blockhash, send, status; whatever the status says.</summary>
    /// <param name="recipients">Everybody; their token accounts are made first and not timed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Recipients a second.</returns>
    public Task<double> ThreeRequests(PublicKey[] recipients, CancellationToken cancellationToken) =>
        Run(recipients, transfers: 15, confirm: false, cancellationToken);

    private async Task<double> Run(PublicKey[] recipients, int transfers, bool confirm, CancellationToken cancellationToken)
    {
        using var key = SigningKey.Generate();
        await localnet.Airdrop(key.PublicKey, Lamports, cancellationToken);
        var mint = await localnet.Mint(key.PublicKey, cancellationToken);
        await MakeAccounts(key, mint, recipients, cancellationToken);

        var start = Stopwatch.GetTimestamp();
        foreach (var portion in recipients.Chunk(transfers))
        {
            await Pay(key, mint, portion, create: false, confirm, cancellationToken);
        }

        return recipients.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task MakeAccounts(SigningKey key, PublicKey mint, PublicKey[] recipients, CancellationToken cancellationToken)
    {
        foreach (var portion in recipients.Chunk(9))
        {
            await Pay(key, mint, portion, create: true, confirm: true, cancellationToken);
        }
    }

    private async Task Pay(
        SigningKey key, PublicKey mint, PublicKey[] recipients, bool create, bool confirm, CancellationToken cancellationToken)
    {
        var recent = await localnet.Rpc.GetLatestBlockhash(RpcQuery.Confirmed, cancellationToken);
        if (new PayoutScript(key, mint, create).Sign(recipients, recent) is not [var transaction])
        {
            throw new InvalidOperationException($"{recipients.Length} payments do not fit one transaction");
        }

        await localnet.Rpc.SendTransaction(transaction, SkipPreflight, cancellationToken);
        while (true)
        {
            var status = (await localnet.Rpc.GetSignatureStatuses([transaction.Signature], searchHistory: false, cancellationToken)).Value[0];
            if (status?.Err is { } error)
            {
                throw new InvalidOperationException($"a transaction of the script failed: {error}");
            }

            if (!confirm || status is { Commitment: >= Commitment.Confirmed })
            {
                return;
            }

            await Task.Delay(LookAgain, TimeProvider.System, cancellationToken);
        }
    }
}
