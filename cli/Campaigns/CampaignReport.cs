using System.Runtime.CompilerServices;
using Cluster.Cli.Connection;
using Cluster.V1;

namespace Cluster.Cli.Campaigns;

/// <summary>What became of each recipient.</summary>
internal static class CampaignReport
{
    /// <summary>
    /// One row a recipient, in order. A report that breaks off is asked for again, and the rows that were read are passed
    /// over: who stands where never changes.
    /// </summary>
    /// <param name="client">The cluster.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<ReportRow> Rows(
        ClusterClient client, string campaignId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (given, seen) = (0L, 0L);
        var request = new ReportCampaignRequest { CampaignId = campaignId };
        await foreach (var portion in client.Follow<ReportRows>(request, cancellationToken, beginsAgain: () => seen = 0))
        {
            foreach (var row in portion.Rows)
            {
                if (++seen > given)
                {
                    given = seen;
                    yield return row;
                }
            }
        }
    }
}
