using System.Net;
using Cluster.Gateway.Access;
using Cluster.Gateway.Http;
using Cluster.Gateway.Operations;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Microsoft.AspNetCore.Http.Headers;

namespace Cluster.Gateway.Metrics;

/// <summary><c>GET /metrics</c>, for holders of <see cref="Permission"/>.</summary>
internal sealed class MetricsEndpoint(PrometheusMetrics metrics, Admission admission, EdgeErrors errors, MetricsOptions options)
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/metrics";

    /// <summary>What the caller's key must allow.</summary>
    public const Permission Permission = V1.Permission.ViewCluster;

    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    private const string OpenMetricsText = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private const string OpenMetricsMediaType = "application/openmetrics-text";

    /// <summary>Answers a scrape.</summary>
    public async Task Handle(HttpContext http)
    {
        var headers = http.Request.Headers;
        var usable = EdgeCall.TryGetRequestId(headers[EdgeCall.RequestIdHeader], out var requestId);
        try
        {
            if (!usable)
            {
                throw EdgeCall.UnusableRequestId();
            }

            if (!options.AllowWithoutKey || !IsFromThisMachine(http.Connection))
            {
                admission.Demand(Permission, Path, Credentials.Of(http));
            }
        }
        catch (ClusterException error)
        {
            await JsonOperations.Refuse(http, errors.Of(error, Path, requestId), requestId);
            return;
        }

        await Answer(http, metrics);
    }

    /// <summary>Answers whoever may read them.</summary>
    /// <param name="http">The scrape.</param>
    /// <param name="metrics">What was measured.</param>
    public static async Task Answer(HttpContext http, PrometheusMetrics metrics)
    {
        var openMetrics = WantsOpenMetrics(http.Request.GetTypedHeaders());
        var text = await metrics.Scrape(openMetrics, http.RequestAborted);
        http.Response.ContentType = openMetrics ? OpenMetricsText : PrometheusText;
        http.Response.ContentLength = text.Length;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.BodyWriter.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Whoever accepts OpenMetrics no less than anything else gets it.</summary>
    private static bool WantsOpenMetrics(RequestHeaders headers)
    {
        var accepted = headers.Accept;
        var openMetrics = accepted
            .Where(type => type.MediaType.Equals(OpenMetricsMediaType, StringComparison.OrdinalIgnoreCase))
            .Select(type => type.Quality ?? 1)
            .DefaultIfEmpty(0)
            .Max();
        return openMetrics > 0 && accepted.All(type => (type.Quality ?? 1) <= openMetrics);
    }

    private static bool IsFromThisMachine(ConnectionInfo connection) =>
        connection is { LocalIpAddress: { } local, RemoteIpAddress: { } remote } && IPAddress.IsLoopback(local) && IPAddress.IsLoopback(remote);
}
