using System.CommandLine;
using System.Runtime.CompilerServices;
using Cluster.Cli.Connection;
using Cluster.Cli.Csv;
using Cluster.V1;

namespace Cluster.Cli.Campaigns;

/// <summary>Streams a CSV file to the cluster.</summary>
internal static class RecipientsUpload
{
    private const int RowsInMessage = 1000;

    /// <summary>The file.</summary>
    public static Argument<FileInfo> File() => new("file")
    {
        Description = "A CSV file whose header names address and base_units, tokens, or amount (with --unit).",
    };

    /// <summary><c>--unit</c></summary>
    public static Option<string?> Unit()
    {
        var option = new Option<string?>("--unit") { Description = "What a column named amount holds: base units or whole tokens." };
        option.AcceptOnlyFromAmong("base", "tokens");
        return option;
    }

    /// <summary>The unit that the option says.</summary>
    /// <param name="unit">Its value; null where it was not given.</param>
    public static AmountUnit UnitOf(string? unit) => unit switch
    {
        "base" => AmountUnit.BaseUnits,
        "tokens" => AmountUnit.Tokens,
        _ => AmountUnit.Unspecified,
    };

    /// <summary>Sends the file's rows; all of them are stored at its end, or none.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="file">The file.</param>
    /// <param name="unit">What a column named amount holds.</param>
    /// <param name="requestId">The id of the request.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    public static async Task<UploadReport> Send(
        ClusterClient client,
        string campaignId,
        FileInfo file,
        AmountUnit unit,
        string requestId,
        CancellationToken cancellationToken)
    {
        await using var stream = file.OpenRead();
        var csv = await RecipientsCsv.Open(stream, unit, cancellationToken);
        var header = new UploadHeader { RequestId = requestId, CampaignId = campaignId, Unit = csv.Header.Unit };
        return await client.Upload<UploadRecipientsRequest, UploadReport>(Messages(header, csv, cancellationToken), cancellationToken);
    }

    private static async IAsyncEnumerable<UploadRecipientsRequest> Messages(
        UploadHeader header,
        RecipientsCsv csv,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new() { Header = header };
        await foreach (var rows in csv.Read(RowsInMessage, cancellationToken))
        {
            yield return new() { Rows = rows };
        }
    }
}
