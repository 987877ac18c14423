using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>What a lane's recipients take, counted by packing them as they will be paid.</summary>
/// <param name="Batches">Transactions.</param>
/// <param name="Tokens">Base units of the asset owed to those who can be paid.</param>
/// <param name="Missing">Token accounts to be made.</param>
/// <param name="Fees">Lamports that the batches cost, at the priority fee of the count.</param>
/// <param name="Refused">Recipients that cannot be paid, by what the chain says of their accounts now.</param>
internal readonly record struct LaneNeeds(long Batches, ulong Tokens, long Missing, ulong Fees, long Refused);

/// <summary>Turns what a lane needs into the lamports that its wallet gets. What is left over is swept back.</summary>
/// <param name="accountRent">Lamports of one token account; 0 for SOL.</param>
/// <param name="isSol">The campaign pays in SOL.</param>
internal sealed class LaneCosts(ulong accountRent, bool isSol)
{
    /// <summary>What a wallet without data must keep while it is used.</summary>
    public static readonly ulong WalletMinimum = Rent.MinimumBalance(0);

    /// <summary>Nine fit a transaction; one less, because low bump seeds take compute units.</summary>
    private const int NewAccountsPerBatch = 8;

    /// <summary>
    /// The least kept, in batches, for those that land with an error and are paid again in halves.
    /// </summary>
    private const ulong ReserveBatches = 20;

    /// <summary>Lamports of one token account; 0 for SOL.</summary>
    public ulong AccountRent => accountRent;

    /// <summary>Transactions beside the batches: tokens in, lamports in, sweep.</summary>
    public int TransfersPerLane => isSol ? 2 : 3;

    /// <summary>Base units that the lane's wallet must be sent; 0 for SOL, which comes with the lamports.</summary>
    public ulong TokenDeposit(LaneNeeds needs) => isSol ? 0 : needs.Tokens;

    /// <summary>Lamports that the lane's wallet must be sent.</summary>
    /// <param name="needs">Counted.</param>
    /// <param name="batchFee">Lamports of one transaction.</param>
    public ulong LamportDeposit(LaneNeeds needs, ulong batchFee) => checked(
        needs.Fees
        + ((ulong)needs.Missing * accountRent)
        + needs.Fees // The same again: see HighestPrice.
        + (ReserveBatches * batchFee)
        + WalletMinimum
        + (isSol ? needs.Tokens : 0));

    /// <summary>Lamports that a lane's wallet needs at the very most: as if every token account were missing.</summary>
    /// <param name="recipients">Of the lane.</param>
    /// <param name="batchFee">Lamports of one transaction.</param>
    public ulong HighestLamportDeposit(long recipients, ulong batchFee)
    {
        var batches = (recipients + NewAccountsPerBatch - 1) / NewAccountsPerBatch;
        var fees = checked((ulong)batches * batchFee);
        return LamportDeposit(new LaneNeeds(batches, 0, recipients, fees, 0), batchFee);
    }

    /// <summary>Lamports that the source pays itself to bring a lane its deposits: fees, and the rent of the lane's token account.</summary>
    /// <param name="transferFee">Lamports of one transfer.</param>
    public ulong Delivery(ulong transferFee) => isSol ? transferFee : checked((2 * transferFee) + accountRent);

    /// <summary>
    /// The most that a lane offers for a compute unit when the network has become dearer since its fees were reckoned:
    /// what it was given holds for twice the price.
    /// </summary>
    /// <param name="budgeted">Micro-lamports a compute unit.</param>
    public static ulong HighestPrice(ulong budgeted) => budgeted > ulong.MaxValue / 2 ? ulong.MaxValue : 2 * budgeted;
}
