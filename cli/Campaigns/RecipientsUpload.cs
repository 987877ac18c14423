using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Csv;
using Cluster.Grpc;
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

    /// <summary>
    /// Sends the file's rows; all of them are stored at its end, or none. Where the gateway fails on the way, the file is
    /// sent again from its beginning.
    /// </summary>
    /// <param name="client">The cluster.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="file">The file.</param>
    /// <param name="unit">What a column named amount holds.</param>
    /// <param name="requestId">The id of the request.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <exception cref="CommandException">The gateway failed, and the file is one that can be read only once.</exception>
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
        var isRead = false;
        return await client.Upload<UploadRecipientsRequest, UploadReport>(Messages, cancellationToken);

        async IAsyncEnumerable<UploadRecipientsRequest> Messages()
        {
            if (isRead)
            {
                Rewind(stream, file, requestId);
                csv = await RecipientsCsv.Open(stream, unit, cancellationToken);
            }

            isRead = true;
            yield return new() { Header = header };
            await foreach (var rows in csv.Read(RowsInMessage, cancellationToken))
            {
                yield return new() { Rows = rows };
            }
        }
    }

    private static void Rewind(FileStream stream, FileInfo file, string requestId)
    {
        if (!stream.CanSeek)
        {
            throw new CommandException(
                $"the upload broke off, and {file.Name} can be read only once; upload again with --request-id {requestId}",
                ExitCode.Of(StatusCode.Unavailable));
        }

        stream.Position = 0;
    }
}
