using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;

namespace Cluster.OrleansHost.Dashboard;

/// <summary>Orleans' own dashboard, as gateways serve it.</summary>
internal static class DashboardEndpoints
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/orleans";

    /// <summary>Serves it behind <see cref="DashboardGate"/>.</summary>
    public static void UseDashboard(this WebApplication app)
    {
        app.Use(next => http => app.Services.GetRequiredService<DashboardGate>().Pass(http, next));
        app.MapOrleansDashboard(Path).WithMetadata(new DashboardPart());
    }
}

/// <summary>Marks what belongs to the dashboard, so that the gate stands before all of it and not before paths that look like it.</summary>
internal sealed class DashboardPart;
