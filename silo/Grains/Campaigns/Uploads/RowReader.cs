using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns.Uploads;

/// <summary>Decides whether a row names somebody who can be paid.</summary>
/// <param name="unit">What the amounts count.</param>
/// <param name="decimals">Of the mint; 9 for SOL.</param>
/// <param name="offCurve">What to do with owners that no private key can sign for.</param>
internal sealed class RowReader(AmountUnit unit, byte decimals, OffCurvePolicy offCurve)
{
    /// <summary>Reads a row.</summary>
    /// <param name="row">As it stood in the source.</param>
    /// <param name="owner">The recipient.</param>
    /// <param name="baseUnits">What it is owed.</param>
    /// <returns>Why the row is refused; null where it is good.</returns>
    public string? Read(RecipientRow row, out PublicKey owner, out ulong baseUnits)
    {
        baseUnits = 0;
        owner = default;
        if (row.Defect.Length > 0)
        {
            return row.Defect;
        }

        if (row.Address.Length == 0)
        {
            return "the address is missing";
        }

        if (!PublicKey.TryParse(row.Address, out owner, out var error))
        {
            return error;
        }

        if (AmountReader.Read(row.Amount, unit, decimals, out baseUnits) is { } wrong)
        {
            return wrong;
        }

        return offCurve == OffCurvePolicy.OffCurveReject && !owner.IsOnCurve
            ? "the address is off the curve: it belongs to a program, and no private key can sign for it (allow such owners with the campaign's off-curve policy)"
            : null;
    }
}
