using Cluster.Silo.Keys.AzureKeyVault;
using Cluster.Tests.Support;
using Cluster.Tests.Support.KeyVault;
using Xunit;

namespace Cluster.Tests.Silo.Keys.AzureKeyVault;

public sealed class VaultRetryTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private KeyVaultServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await KeyVaultServer.Start();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("7", 7.0, 7.0)]
    [InlineData("Thu, 01 Jan 2026 00:00:05 GMT", 5.0, 5.0)]
    [InlineData("3600", 10.0, 10.0)]
    [InlineData("soon", 0.1, 0.2)]
    [InlineData(null, 0.1, 0.2)]
    public async Task The_pause_is_the_one_that_the_vault_asks_for_or_a_short_one(string? retryAfter, double atLeast, double atMost)
    {
        _server.Store.Create("wallets");
        _server.Interfere = request => Task.FromResult(_server.Count("get") == 1 ? VaultReply.Throttled(retryAfter) : null);
        var options = new KeyVaultOptions();
        using var provider = Vaults.Open(
            _server, "wallets", each => (each.FirstRetryDelay, each.MaxRetryDelay) = (options.FirstRetryDelay, options.MaxRetryDelay), _time);

        var current = provider.GetCurrent(CancellationToken.None);
        await _time.TimersArmedAsync(1);
        _time.Advance(TimeSpan.FromSeconds(atLeast) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _time.ArmedTimers);
        _time.Advance(TimeSpan.FromSeconds(atMost - atLeast) + TimeSpan.FromMilliseconds(1));

        Assert.NotEmpty((await current).Id);
        Assert.Equal(2, _server.Count("get"));
    }
}
