using Cluster.Cli.Campaigns;
using Cluster.Cli.Connection;
using Cluster.Cli.Csv;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Cli.Verification;

/// <summary>
/// What each address is owed by a file, worked out from the file itself and not from the cluster's books, less what the
/// cluster says it refused or could not pay.
/// </summary>
internal static class Owed
{
    private const int Portion = 1000;

    /// <summary>Base units by address.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="file">Its recipients.</param>
    /// <param name="unit">What a column named amount holds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">The cluster accepted a row that is none.</exception>
    public static async Task<OwedAmounts> Read(
        ClusterClient client, Campaign campaign, FileInfo file, AmountUnit unit, CancellationToken cancellationToken)
    {
        var unpaidLines = new HashSet<ulong>();
        var unpaidAddresses = new HashSet<PublicKey>();
        var reasons = new Dictionary<string, ulong>();
        await foreach (var failure in CampaignFailures.Of(client, campaign.CampaignId, cancellationToken))
        {
            unpaidLines.Add(failure.Line);
            reasons[failure.Reason] = reasons.GetValueOrDefault(failure.Reason) + 1;
            if (failure.Stage == FailureStage.Payment && campaign.Duplicates == DuplicatePolicy.DuplicatesMerge)
            {
                // One payment stood for all rows of the address.
                unpaidAddresses.Add(PublicKey.Parse(failure.Address));
            }
        }

        var amounts = new Dictionary<PublicKey, ulong>();
        await using var stream = file.OpenRead();
        var csv = await RecipientsCsv.Open(stream, unit, cancellationToken);
        await foreach (var portion in csv.Read(Portion, cancellationToken))
        {
            foreach (var row in portion.Rows.Where(row => !unpaidLines.Contains(row.Line)))
            {
                Add(amounts, row, csv.Header.Unit == AmountUnit.Tokens ? campaign.Decimals : 0);
            }
        }

        foreach (var address in unpaidAddresses)
        {
            amounts.Remove(address);
        }

        return new(amounts, reasons);
    }

    private static void Add(Dictionary<PublicKey, ulong> amounts, RecipientRow row, uint decimals)
    {
        if (row.Defect.Length > 0 || !PublicKey.TryParse(row.Address, out var address) || !DecimalText.TryParse(row.Amount, decimals, out var amount))
        {
            throw new CommandException(
                $"line {row.Line}: the cluster did not refuse this row, but it is no payment: {row.Address},{row.Amount} {row.Defect}",
                ExitCode.LedgerDiffers);
        }

        amounts[address] = checked(amounts.GetValueOrDefault(address) + amount);
    }
}

/// <summary>What a file owes.</summary>
/// <param name="Amounts">Base units by address.</param>
/// <param name="Reasons">Why rows were not paid, and how many each.</param>
internal sealed record OwedAmounts(IReadOnlyDictionary<PublicKey, ulong> Amounts, IReadOnlyDictionary<string, ulong> Reasons);
