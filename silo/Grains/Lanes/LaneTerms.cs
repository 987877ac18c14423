using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>The terms of a lane's next transactions: the priority fee follows the network, within what the lane was given.</summary>
internal sealed class LaneTerms(LaneContext lane, ITransactionSender sender, TimeProvider time)
{
    private static readonly TimeSpan PriceAge = TimeSpan.FromSeconds(10);

    private PayoutTermsOf? _terms;
    private long _pricedAt;
    private ulong? _budgetedPrice;

    /// <summary>The terms now.</summary>
    public async ValueTask<PayoutTermsOf> Current(CancellationToken cancellationToken)
    {
        if (_terms is { } terms && time.GetElapsedTime(_pricedAt) < PriceAge)
        {
            return terms;
        }

        var source = lane.Asset.Token?.AccountOf(lane.Wallet) ?? lane.Wallet;
        var price = await sender.GetPriorityFee(new[] { lane.Wallet, source }, cancellationToken);
        price = Math.Min(price, LaneCosts.HighestPrice(_budgetedPrice ?? price));
        _pricedAt = time.GetTimestamp();
        return _terms = _terms?.Price == price ? _terms : new PayoutTermsOf(lane.Asset, lane.Wallet, price);
    }

    /// <summary>The lane's funds were reckoned with this price: from now on it is exceeded only as far as the reserve allows.</summary>
    public void Budget(PayoutTermsOf terms) => _budgetedPrice = terms.Price;
}
