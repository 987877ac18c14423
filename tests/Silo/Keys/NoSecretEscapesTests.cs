using System.Diagnostics;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.Tests.Silo.Wallets;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Keys;

/// <summary>A wallet lives a whole life; then its keys are searched for in all that it left behind.</summary>
public sealed class NoSecretEscapesTests : IAsyncLifetime
{
    private readonly CapturedLog _log = new();
    private readonly List<string> _errors = [];
    private readonly CapturedTelemetry _telemetry = new();
    private readonly List<SecretSearch> _secrets = [];
    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        await LiveAWholeLife();
    }

    public async ValueTask DisposeAsync()
    {
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
        _log.Dispose();
        _telemetry.Dispose();
    }

    [Fact]
    public async Task No_private_key_is_in_logs_traces_measurements_errors_dump_or_arguments()
    {
        var dump = await DatabaseDump.Of(_database);

        Assert.Equal(3, _secrets.Count);
        Assert.NotEmpty(_log.Lines);
        Assert.NotEmpty(_telemetry.Spans);
        Assert.NotEmpty(_telemetry.Measurements);
        Assert.Contains("insert into public.wallet_keys", dump, StringComparison.OrdinalIgnoreCase);
        foreach (var secret in _secrets)
        {
            Assert.DoesNotContain(_log.Lines, secret.IsIn);
            Assert.DoesNotContain(_telemetry.Spans, secret.IsIn);
            Assert.DoesNotContain(_telemetry.Measurements, secret.IsIn);
            Assert.DoesNotContain(_errors, secret.IsIn);
            Assert.False(secret.IsIn(dump));
            Assert.DoesNotContain(ProcessArguments.Now(), secret.IsIn);
        }
    }

    [Fact]
    public async Task The_search_finds_a_key_that_was_planted()
    {
        var secret = _secrets[0];
        foreach (var writing in secret.Writings)
        {
            Assert.True(secret.IsIn($"before {writing} after"));
        }

        var planted = secret.Writings[1];
        _log.CreateLogger("test").Log(LogLevel.Information, default, planted, null, (text, _) => text);
        await _database.Execute($"insert into requests (grain_type, grain_key, request_id, method, request_hash, reply, created_at) values ('a', 'b', 'c', 'd', decode(repeat('00', 32), 'hex'), decode('aa{planted}bb', 'hex'), now())");
        using var careless = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read -r wait", "sh", secret.Writings[2]]) { RedirectStandardInput = true, UseShellExecute = false })!;

        Assert.Contains(_log.Lines, secret.IsIn);
        Assert.True(secret.IsIn(await DatabaseDump.Of(_database)));
        Assert.Contains(ProcessArguments.Now(), secret.IsIn);
        careless.StandardInput.Close();
        await careless.WaitForExitAsync();
    }

    private async Task LiveAWholeLife()
    {
        await using var silo = await WalletSilo.Start(
            _database,
            _localnet.Url,
            services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log)));
        var wallet = await silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 5_000_000_000);
        var lane = new CreateLaneWalletRequest { WalletId = "drop/0", ParentWalletId = "treasury" };
        lane.DerivationPath.AddRange([7, 0]);
        await silo.Call<Wallet>(lane, Caller.System("lane"));
        await silo.Settled(await silo.Transfer("treasury", NewAddress(), 1_000_000_000));

        await Provoke(() => silo.Transfer("treasury", NewAddress(), 9_000_000_000));
        await Provoke(() => silo.Call<SignMessagesReply>(new SignMessagesRequest { WalletId = "treasury", Messages = { ByteString.CopyFrom(1, 2, 3) } }));
        await Provoke(() => silo.Call<SignMessagesReply>(new SignMessagesRequest { WalletId = "ghost", Messages = { ByteString.CopyFrom(1, 2, 3) } }));
        await Provoke(() => WalletSilo.Start(_database, _localnet.Url, null, (KeyOptions.LocalKeySetting, WalletSilo.EncryptionKey[..^2] + "00")));
        await Provoke(() => WalletSilo.Start(_database, _localnet.Url, null, (KeyOptions.LocalKeySetting, WalletSilo.EncryptionKey[..^2] + "?!")));
        await _database.Execute("update wallet_keys set sealed_key = set_byte(sealed_key, 20, get_byte(sealed_key, 20) # 1) where wallet_id = 'drop/0'");
        await Provoke(() => silo.Call<SignMessagesReply>(new SignMessagesRequest { WalletId = "drop/0", Messages = { ByteString.CopyFrom(1, 2, 3) } }));
        await _database.Execute("update wallet_keys set sealed_key = set_byte(sealed_key, 20, get_byte(sealed_key, 20) # 1) where wallet_id = 'drop/0'");

        _secrets.Add(await SeedOf(silo, "treasury"));
        _secrets.Add(await SeedOf(silo, "drop/0"));
        _secrets.Add(new SecretSearch(Convert.FromHexString(WalletSilo.EncryptionKey)));
    }

    private async Task Provoke<T>(Func<Task<T>> call)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(call);
        _errors.Add(error.ToString());
    }

    private static async Task<SecretSearch> SeedOf(WalletSilo silo, string walletId)
    {
        var sealedKey = await silo.Services.GetRequiredService<WalletKeyStore>().Find(walletId, CancellationToken.None);
        using var key = await silo.Services.GetRequiredService<KeyEnvelope>().Open(sealedKey!, CancellationToken.None);
        var seed = new byte[SigningKey.SeedSize];
        key.CopySeedTo(seed);
        return new SecretSearch(seed);
    }
}
