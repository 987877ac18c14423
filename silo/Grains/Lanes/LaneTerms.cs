using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>The terms of a lane's next transactions: the priority fee follows the network, within what the lane was given.</summary>
internal sealed class LaneTerms(LaneContext lane, LaneDesk desk, ITransactionSender sender, TimeProvider time)
{
    private static readonly TimeSpan PriceAge = TimeSpan.FromSeconds(10);

    private PayoutTermsOf? _terms;
    private long _pricedAt;

    /// <summary>
    /// The terms now. Once the lane's lamports were reckoned with a price, that price is exceeded only as far as the reserve
    /// allows, by this activation and by every later one.
    /// </summary>
    public async ValueTask<PayoutTermsOf> Current(CancellationToken cancellationToken)
    {
        if (_terms is { } terms && time.GetElapsedTime(_pricedAt) < PriceAge)
        {
            return terms;
        }

        var source = lane.Asset.Token?.AccountOf(lane.Wallet) ?? lane.Wallet;
        var price = await sender.GetPriorityFee(new[] { lane.Wallet, source }, cancellationToken);
        price = Math.Min(price, LaneCosts.HighestPrice(desk.View.Lane.FeePrice ?? price));
        _pricedAt = time.GetTimestamp();
        return _terms = _terms?.Price == price ? _terms : new PayoutTermsOf(lane.Asset, lane.Wallet, price);
    }
}
