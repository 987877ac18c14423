using System.Globalization;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>Lists keys.</summary>
/// <param name="keys">Holds them.</param>
internal sealed class ApiKeyQueries(ApiKeyStore keys)
{
    public async Task<ListApiKeysReply> ListApiKeys(ListApiKeysRequest request, Call call)
    {
        var list = $"api-keys/{request.PrincipalId}";
        var size = PageToken.PageSize(request.PageSize);
        var after = PageToken.Read(list, 2, request.PageToken) is [var ticks, var id]
            ? (new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero), id)
            : (DateTimeOffset.MinValue, "");
        var found = await keys.List(request.PrincipalId, after, size + 1, call.Cancellation);
        var reply = new ListApiKeysReply();
        reply.Keys.AddRange(found.Take(size).Select(ApiKeyMessages.Of));
        if (found.Count > size)
        {
            var last = found[size - 1];
            reply.NextPageToken = PageToken.Write(list, last.CreatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture), last.KeyId);
        }

        return reply;
    }
}
