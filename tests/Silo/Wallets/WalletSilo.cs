using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Grains.Wallets;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Transfer = Cluster.V1.Transfer;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Wallets and signers of one process over a test's database and localnet. Several of them are lives of one silo.</summary>
internal sealed class WalletSilo : IAsyncDisposable
{
    internal const string EncryptionKey = "b3f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";

    private readonly IHost _host;

    private WalletSilo(IHost host) => _host = host;

    public IGrains Grains => _host.Services.GetRequiredService<IGrains>();

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a life.</summary>
    /// <param name="database">Holds the books.</param>
    /// <param name="localnet">Where the chain answers.</param>
    /// <param name="configure">Changes services, for example the sender.</param>
    /// <param name="settings">More of the configuration.</param>
    public static async Task<WalletSilo> Start(
        TestDatabase database, Uri localnet, Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Cluster"] = database.ConnectionString,
            [KeyOptions.LocalKeySetting] = EncryptionKey,
            [AuditKeyRing.KeySetting] = TestAuditKeys.Text,
            ["Cluster:ChainReader:Deadline"] = "00:00:05",
            ["Cluster:Wallets:ReminderPeriod"] = "00:00:01",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services
            .AddStorage(builder.Configuration)
            .AddKeys(builder.Configuration)
            .AddSolana(options =>
            {
                options.Endpoints.Add(new SolanaEndpointOptions { Url = localnet });
                options.SlotDuration = TimeSpan.FromMilliseconds(50);
                options.ResendInterval = TimeSpan.FromMilliseconds(200);
                options.BlockhashRefresh = TimeSpan.FromMilliseconds(100);
                options.BlockhashMaxAge = TimeSpan.FromSeconds(1);
            })
            .AddAssets(builder.Configuration)
            .AddSigners()
            .AddWallets(builder.Configuration)
            .AddContract(WalletsReflection.Descriptor, SignersReflection.Descriptor, CustodyReflection.Descriptor, ColdReflection.Descriptor, TreasuriesReflection.Descriptor)
            .AddEmbeddedHost();
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new WalletSilo(host);
    }

    public Task<TReply> Call<TReply>(IMessage request, Caller? caller = null)
        where TReply : class, IMessage =>
        Grains.Call<TReply>(request, new Call(caller ?? new Caller("key-1", "Ada"), $"call:{Guid.NewGuid()}"));

    /// <summary>Calls an rpc that no grain answers.</summary>
    public async Task<TReply> Query<TReply>(IMessage request)
        where TReply : class, IMessage
    {
        var operations = Services.GetRequiredService<IOperations>();
        var method = operations.Methods.Single(method => method.InputType == request.Descriptor);
        return (TReply)await operations.Unary(method, request, new Call(new Caller("key-1", "Ada"), "query"));
    }

    public Task<Wallet> CreateWallet(string walletId) =>
        Call<Wallet>(new CreateWalletRequest { RequestId = $"create-{walletId}", WalletId = walletId, Kind = WalletKind.Project });

    public Task<Transfer> Transfer(string walletId, string destination, ulong amount, string mint = "", string? requestId = null, string memo = "") =>
        Call<Transfer>(new TransferRequest
        {
            RequestId = requestId ?? Guid.NewGuid().ToString(),
            WalletId = walletId,
            Destination = destination,
            Amount = amount,
            Mint = mint,
            Memo = memo,
        });

    public Task<Transfer> GetTransfer(Transfer transfer) =>
        Call<Transfer>(new GetTransferRequest { WalletId = transfer.WalletId, TransferId = transfer.TransferId });

    /// <summary>Waits for the end of a transfer: the chain is real, so there is no event to await but its own.</summary>
    public async Task<Transfer> Settled(Transfer transfer, params TransferStatus[] until)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (true)
        {
            var now = await GetTransfer(transfer);
            if (until.Length > 0 ? until.Contains(now.Status) : now.Status is not (TransferStatus.Pending or TransferStatus.Confirmed))
            {
                return now;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), patience.Token);
        }
    }

    /// <summary>Ends this life as a death would: nothing is drained, nothing in flight is waited for.</summary>
    public async Task Crash()
    {
        // Sender and pool go first: whatever the rest would still like to do fails.
        await _host.Services.GetRequiredService<TransactionSender>().DisposeAsync();
        await _host.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().DisposeAsync();
        _host.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
