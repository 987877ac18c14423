namespace Cluster.Tests.Support;

/// <summary>A cluster made of real processes, one or many.</summary>
internal interface IRunningCluster : IAsyncDisposable
{
    /// <summary>Its gateways.</summary>
    IReadOnlyList<Uri> Servers { get; }

    /// <summary>The administrator's key.</summary>
    string AdministratorKey { get; }

    /// <summary>All that its processes wrote.</summary>
    string Output { get; }

    /// <summary>Kills a process that holds grains with signal 9 and starts it again; returns when it is ready.</summary>
    Task Crash();
}

/// <summary>Starts a cluster; returns when it is ready.</summary>
/// <param name="database">Keeps its books.</param>
/// <param name="localnet">Its chain.</param>
/// <param name="options">Environment variables such as <c>Cluster__Access__MaxRequests</c>.</param>
internal delegate Task<IRunningCluster> StartCluster(TestDatabase database, LocalnetProcess localnet, (string Name, string Value)[] options);
