using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Cluster.Tests.Silo.Keys;

public sealed class KeySelfTestTests : IAsyncLifetime
{
    private const string First = "b3f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";
    private const string Second = "c4f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await (await PostgresServer.Shared()).CreateEmptyDatabase();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task The_right_key_lets_the_process_start_again_and_again()
    {
        await StartAndMakeAWallet(First);

        await StartAndMakeAWallet(First);
    }

    [Fact]
    public async Task A_missing_key_stops_the_start_with_a_sentence_that_says_how_to_make_one()
    {
        var error = await Assert.ThrowsAsync<KeyException>(() => StartAndMakeAWallet(null));

        Assert.StartsWith("WALLET_ENCRYPTION_KEY is not set", error.Message);
        Assert.Contains("openssl rand -base64 32", error.Message);
    }

    [Fact]
    public async Task A_wrong_key_stops_the_start_before_it_can_make_wallets()
    {
        await StartAndMakeAWallet(First);

        var error = await Assert.ThrowsAsync<KeyException>(() => StartAndMakeAWallet(Second));

        Assert.Contains("is wrapped under local:", error.Message);
        Assert.Contains("Set WALLET_ENCRYPTION_KEY to the key that this database was made with.", error.Message);
        Assert.DoesNotContain(First, error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Second, error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_unknown_provider_is_named()
    {
        var error = await Assert.ThrowsAsync<KeyException>(() => StartAndMakeAWallet(First, ("Cluster:Keys:Provider", "paper")));

        Assert.Equal("Cluster:Keys:Provider is paper; this build knows local.", error.Message);
    }

    private async Task StartAndMakeAWallet(string? key, params (string Key, string Value)[] more)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Cluster"] = _database.ConnectionString,
            [KeyOptions.LocalKeySetting] = key,
        });
        builder.Configuration.AddInMemoryCollection(more.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddKeys(builder.Configuration).AddStorage(builder.Configuration).AddSigners();
        using var host = builder.Build();
        await host.StartAsync();
        var signer = ActivatorUtilities.CreateInstance<SignerGrain>(host.Services);
        await signer.CreateKey(new CreateKeyRequest { WalletId = "treasury" }, new Call(Caller.System("test"), "test"));
        await host.StopAsync();
    }
}
