using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

/// <summary>A localnet whose slots pass when a test says so, and somebody there with SOL.</summary>
public abstract class HeldLocalnet : IAsyncLifetime
{
    private LocalnetProcess? _localnet;
    private Payer? _payer;

    internal LocalnetProcess Localnet => _localnet!;

    internal Payer Payer => _payer!;

    public async ValueTask InitializeAsync()
    {
        _localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMinutes(1) });
        _payer = await Payer.FundedAsync(_localnet);
    }

    public async ValueTask DisposeAsync()
    {
        _payer?.Dispose();
        await Localnet.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
