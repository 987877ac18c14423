using Cluster.Gateway.Access;
using Cluster.Gateway.Http;
using Cluster.Gateway.Operations;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cluster.OrleansHost.Dashboard;

/// <summary>Lets holders of <see cref="Permission.ViewCluster"/> look at the dashboard, which asks nobody for anything itself.</summary>
internal sealed class DashboardGate(Admission admission, EdgeErrors errors)
{
    /// <summary>It would call methods of grains for whoever looks, and answer with their state.</summary>
    private const string GrainState = "/GrainState";

    /// <summary>The dashboard's page loads nothing from elsewhere, sends nothing elsewhere, and is shown in no other page.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Passes a request on, or answers it.</summary>
    /// <param name="http">Any request.</param>
    /// <param name="next">What serves it.</param>
    public async Task Pass(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<DashboardPart>() is null)
        {
            await next(http);
            return;
        }

        var usable = EdgeCall.TryGetRequestId(http.Request.Headers[EdgeCall.RequestIdHeader], out var requestId);
        try
        {
            if (!usable)
            {
                throw EdgeCall.UnusableRequestId();
            }

            admission.Demand(Permission.ViewCluster, DashboardEndpoints.Path, BasicCredentials.Of(http));
            if (endpoint.RoutePattern.RawText?.EndsWith(GrainState, StringComparison.OrdinalIgnoreCase) is not false)
            {
                throw new ClusterException(StatusCode.NotFound, "the state of grains is not shown; ask for what you need by the API's operations");
            }
        }
        catch (ClusterException error)
        {
            await JsonOperations.Refuse(http, errors.Of(error, DashboardEndpoints.Path, requestId), requestId, BasicCredentials.Challenge);
            return;
        }

        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        await next(http);
    }
}
