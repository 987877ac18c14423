using System.Diagnostics;
using Cluster.Tests.Support;

namespace Cluster.Tests.Grpc;

/// <summary>The Echo service on Python's gRPC server, in a process of its own.</summary>
internal sealed class PythonServer : IAsyncDisposable
{
    private readonly Process _process;

    private PythonServer(Process process, int port) => (_process, Address) = (process, new Uri($"http://127.0.0.1:{port}"));

    public Uri Address { get; }

    public static async Task<PythonServer> StartAsync()
    {
        await OtherClient.DemandPythonAsync();
        var process = OtherClient.Start(OtherClient.Python, RepositoryRoot.Combine("tests", "clients", "grpc_server.py"), OtherClient.Descriptors);
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return port is not null
            ? new PythonServer(process, int.Parse(port))
            : throw new InvalidOperationException($"grpc_server.py ended: {await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>What the server tells next: <c>waiting TEXT</c> or <c>cancelled TEXT</c>, by the text of the request.</summary>
    public async Task<string?> NextEventAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
