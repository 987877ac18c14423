namespace Cluster.Silo.Grains.Lanes;

/// <summary>Counts what paying a range of recipients takes, by packing every batch of it.</summary>
internal sealed class NeedsCounter(PayeeSource source)
{
    /// <summary>Counts a range.</summary>
    /// <param name="campaignId">Whose recipients.</param>
    /// <param name="terms">By which they would be paid.</param>
    /// <param name="first">From this sequence.</param>
    /// <param name="last">To this one, inclusive.</param>
    /// <param name="map">Takes what was learned; null where nobody needs it later.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LaneNeeds> Count(
        string campaignId, PayoutTermsOf terms, long first, long last, ScanMap? map, CancellationToken cancellationToken)
    {
        var cutter = new BatchCutter(new BatchBuilder(terms));
        var needs = default(LaneNeeds);
        await foreach (var page in source.Stream(campaignId, terms.Asset, first, last, map: null, cancellationToken))
        {
            cutter.Add(page.Payees);
            foreach (var payee in page.Payees)
            {
                map?.Note(payee);
            }

            needs = CountCuts(cutter, isEnd: false, needs);
        }

        return CountCuts(cutter, isEnd: true, needs);
    }

    private static LaneNeeds CountCuts(BatchCutter cutter, bool isEnd, LaneNeeds needs)
    {
        while (cutter.TryCut(isEnd, out var cut))
        {
            needs = cut.IsRefused
                ? needs with { Refused = needs.Refused + 1 }
                : checked(needs with
                {
                    Batches = needs.Batches + 1,
                    Tokens = needs.Tokens + cut.Batch.Amount,
                    Missing = needs.Missing + cut.Batch.Missing,
                    Fees = needs.Fees + cut.Batch.Fee,
                });
        }

        return needs;
    }
}
