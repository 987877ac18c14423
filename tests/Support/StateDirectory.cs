namespace Cluster.Tests.Support;

/// <summary>What gateways under test keep on the disk; removed when disposed.</summary>
internal sealed class StateDirectory : IDisposable
{
    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("cluster-process-").FullName;

    /// <summary>The administrator's key, which the first start made.</summary>
    public string AdministratorKey => File.ReadAllText(System.IO.Path.Combine(Path, "admin.key")).Trim();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
