using System.Runtime.CompilerServices;
using Cluster.Cli.Connection;
using Cluster.V1;

namespace Cluster.Cli.Campaigns;

/// <summary>A campaign's failures, page by page.</summary>
internal static class CampaignFailures
{
    /// <summary>All of them, in order of line.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<Failure> Of(
        ClusterClient client,
        string campaignId,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListFailuresRequest { CampaignId = campaignId, PageSize = 1000 };
        do
        {
            var reply = await client.Call<ListFailuresReply>(request, cancellationToken);
            foreach (var failure in reply.Failures)
            {
                yield return failure;
            }

            request.PageToken = reply.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}
