using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access.Limits;

/// <summary>Lists limits on payments.</summary>
/// <param name="limits">Holds them.</param>
internal sealed class LimitQueries(LimitStore limits)
{
    private const string LimitsList = "limits";

    public async Task<ListLimitsReply> ListLimits(ListLimitsRequest request, Call call)
    {
        var size = PageToken.PageSize(request.PageSize);
        var after = PageToken.Read(LimitsList, 1, request.PageToken)?[0] ?? "";
        var rules = await limits.List(after, size + 1, call.Cancellation);
        var page = rules.Take(size).ToList();
        var destinations = await limits.ListDestinations(page.Select(rule => rule.RuleId), call.Cancellation);
        var reply = new ListLimitsReply();
        reply.Limits.AddRange(page.Select(rule => LimitMessages.Of(rule, destinations)));
        if (rules.Count > size)
        {
            reply.NextPageToken = PageToken.Write(LimitsList, page[^1].RuleId);
        }

        return reply;
    }
}
