using Cluster.Gateway.Health;

namespace Cluster.Gateway.Http;

/// <summary>What load balancers and operators ask, without a key.</summary>
internal sealed class HealthEndpoints(Readiness readiness)
{
    /// <summary>The process runs.</summary>
    public static Task Live(HttpContext http) => http.Response.WriteAsync("live\n", http.RequestAborted);

    /// <summary>The process can serve: 200, or 503 with what is missing.</summary>
    public async Task Ready(HttpContext http)
    {
        var report = await readiness.Report(http.RequestAborted);
        http.Response.StatusCode = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsJsonAsync(report, HttpJson.Default.HealthReport, "application/json", http.RequestAborted);
    }
}
