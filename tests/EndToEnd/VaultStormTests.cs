using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.Tests.Support.KeyVault;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary>The real executable with its keys in a vault, which it reaches as a client with a secret.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class VaultStormTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly string _certificate = Path.GetTempFileName();
    private KeyVaultServer _vault = null!;

    public async ValueTask InitializeAsync()
    {
        _vault = await KeyVaultServer.Start();
        await File.WriteAllTextAsync(_certificate, _vault.CertificatePem);
    }

    public async ValueTask DisposeAsync()
    {
        await _vault.DisposeAsync();
        File.Delete(_certificate);
    }

    [Fact]
    public async Task A_campaign_ends_exactly_though_half_of_the_vaults_replies_are_429_its_key_is_rotated_and_opened_keys_are_wiped_all_the_time()
    {
        var older = _vault.Store.Create("wallets");
        _vault.Interfere = _ => Task.FromResult(Random.Shared.Next(2) == 0 ? VaultReply.Throttled(Random.Shared.Next(2) == 0 ? "0" : null) : null);
        await using var airdrop = await Airdrop.Set(
            new LocalnetOptions { Slot = TimeSpan.FromMilliseconds(100), FinalizeSlots = 16 },
            new { program = "spl-token", decimals = 6 },
            options: Settings());
        var owed = CampaignStage.Recipients(1_000);
        await airdrop.Create(lanes: 4);
        await airdrop.Upload(owed);
        await airdrop.Start();

        var ending = airdrop.End();
        await airdrop.Client.Call<KeyRotation>(
            new RotateKeysRequest { RequestId = "rotate", Keyring = "wallets", NewVersion = true, DisableOld = true }, CancellationToken.None);
        var wiped = await WipeUntil(airdrop, ending);
        var end = await ending;

        var status = await AwaitRotation(airdrop);
        output.WriteLine($"{_vault.Count("unwrapkey")} unwraps asked for, keys wiped {wiped} times; {end.Progress}");
        Assert.Equal(CampaignState.Completed, end.State);
        await airdrop.RequireExact(owed);
        Assert.True(wiped > 3);
        Assert.Equal((0UL, RotationState.Rotated), (status.Rotation.Failed, status.Rotation.State));
        Assert.NotEqual(older, status.Rotation.TargetKey);
        Assert.False(_vault.Store.IsEnabled(older));
        Assert.Equal(status.Rotation.TargetKey, Assert.Single(status.Keys, key => key.WalletKeys > 0).KeyId);
    }

    private (string, string)[] Settings() =>
    [
        ("Cluster__Keys__Provider", "azure-key-vault"),
        ("Cluster__Keys__AzureKeyVault__KeyUrl", _vault.KeyUrl("wallets")),
        ("Cluster__Keys__AzureKeyVault__FirstRetryDelay", "00:00:00.020"),
        ("Cluster__Keys__AzureKeyVault__DisableInstanceDiscovery", "true"),
        ("AZURE_AUTHORITY_HOST", _vault.Url.ToString()),
        ("AZURE_TENANT_ID", KeyVaultServer.Tenant),
        ("AZURE_CLIENT_ID", _vault.Client.Id),
        ("AZURE_CLIENT_SECRET", _vault.Client.Secret),
        ("SSL_CERT_FILE", _certificate),
    ];

    private static async Task<int> WipeUntil(Airdrop airdrop, Task ended)
    {
        var wiped = 0;
        while (!ended.IsCompleted)
        {
            var reply = await airdrop.Client.Call<ClearKeyCacheReply>(new ClearKeyCacheRequest { RequestId = $"wipe-{wiped}" }, CancellationToken.None);
            Assert.Empty(reply.Silent);
            wiped++;
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(200)));
        }

        return wiped;
    }

    private static async Task<KeyStatus> AwaitRotation(Airdrop airdrop)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var status = await airdrop.Client.Call<KeyStatus>(new GetKeyStatusRequest(), patience.Token);
            if (status.Rotation.State == RotationState.Rotated)
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }
}
