using System.Runtime.CompilerServices;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>Streams recipients out of the database, with what the chain says of their accounts, in bounded memory.</summary>
internal sealed class PayeeSource(RecipientStore recipients, AccountLookup lookup)
{
    /// <summary>Recipients of a page: ten requests of a hundred accounts.</summary>
    private const int PageSize = 1_000;

    /// <summary>Pages that are looked up at once: what a lane asks of an endpoint is bounded.</summary>
    private const int PagesAtOnce = 4;

    /// <summary>Recipients in order, a page at a time; pages are looked up concurrently.</summary>
    /// <param name="campaignId">Whose.</param>
    /// <param name="asset">What they are paid in.</param>
    /// <param name="first">From this sequence.</param>
    /// <param name="last">To this one, inclusive.</param>
    /// <param name="map">What is known of them already; null where nothing is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<Lookup> Stream(
        string campaignId,
        PayoutAsset asset,
        long first,
        long last,
        ScanMap? map,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = new Queue<Task<Lookup>>();
        try
        {
            while (first <= last || pages.Count > 0)
            {
                while (first <= last && pages.Count < PagesAtOnce)
                {
                    var page = await ReadPage(campaignId, first, last, cancellationToken);
                    pages.Enqueue(Task.Run(() => Look(asset, page, map, stopped.Token), stopped.Token));
                    first += page.Length;
                }

                yield return await pages.Dequeue();
            }
        }
        finally
        {
            await stopped.CancelAsync();
            await ((Task)Task.WhenAll(pages)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The recipients of a few short ranges, one range after the other, looked up now.</summary>
    public async Task<Lookup> LookAgain(
        string campaignId, PayoutAsset asset, IReadOnlyList<(long First, long Last)> ranges, CancellationToken cancellationToken)
    {
        var asked = new List<Recipient>();
        foreach (var (first, last) in ranges)
        {
            var page = await ReadPage(campaignId, first, last, cancellationToken);
            asked.AddRange(page.Span);
        }

        return await lookup.Look(asset, asked.ToArray(), cancellationToken);
    }

    private async Task<ReadOnlyMemory<Recipient>> ReadPage(string campaignId, long first, long last, CancellationToken cancellationToken)
    {
        var page = new Recipient[Math.Min(PageSize, last - first + 1)];
        var count = await recipients.Read(campaignId, first, last, page, cancellationToken);
        RequireWhole(campaignId, first, page.AsSpan(0, count), page.Length);
        return page;
    }

    private static void RequireWhole(string campaignId, long first, ReadOnlySpan<Recipient> page, int expected)
    {
        if (page.Length != expected || page[^1].Sequence != first + expected - 1)
        {
            throw new InvalidOperationException($"Recipients of campaign {campaignId} are missing from sequence {first} on.");
        }
    }

    private async Task<Lookup> Look(PayoutAsset asset, ReadOnlyMemory<Recipient> page, ScanMap? map, CancellationToken cancellationToken)
    {
        if (map is null)
        {
            return await lookup.Look(asset, page, cancellationToken);
        }

        var payees = new Payee[page.Length];
        var doubtful = new List<int>();
        for (var at = 0; at < payees.Length; at++)
        {
            payees[at] = Known(asset, page.Span[at], map);
            if (payees[at].State is PayeeState.Unknown or PayeeState.Refused)
            {
                doubtful.Add(at);
            }
        }

        return doubtful.Count == 0
            ? new Lookup(payees, new Dictionary<long, string>())
            : await LookAtDoubtful(asset, payees, doubtful, cancellationToken);
    }

    private static Payee Known(PayoutAsset asset, Recipient recipient, ScanMap map)
    {
        var (state, bump) = map.Of(recipient.Sequence);
        var account = asset.Token is { } token && state is PayeeState.Ready or PayeeState.Missing
            ? AssociatedTokenAccount.At(recipient.Owner, asset.Token!.Address, asset.Token.Program, bump)
            : recipient.Owner;
        return new Payee(recipient, account, bump, state);
    }

    /// <summary>Who could not be paid at the scan gets a second look, which also gives the reason.</summary>
    private async Task<Lookup> LookAtDoubtful(PayoutAsset asset, Payee[] payees, List<int> doubtful, CancellationToken cancellationToken)
    {
        Recipient[] asked = [.. doubtful.Select(at => payees[at].Recipient)];
        var again = await lookup.Look(asset, asked, cancellationToken);
        for (var place = 0; place < asked.Length; place++)
        {
            payees[doubtful[place]] = again.Payees[place];
        }

        return new Lookup(payees, again.Reasons);
    }
}
