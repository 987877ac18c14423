using Cluster.Cli.Campaigns;
using Cluster.Cli.Connection;
using Cluster.Grpc;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using RpcException = Cluster.Grpc.RpcException;

namespace Cluster.Tests.EndToEnd;

/// <summary>A cluster's executable, its database, its chain, and one campaign out of one funded wallet.</summary>
internal sealed class Airdrop : IAsyncDisposable
{
    public const string Id = "drop";
    public const string Source = "source";
    public const ulong Sol = 1_000_000_000;

    /// <summary>What the source is given before the campaign.</summary>
    public const ulong Lamports = 1_000 * Sol;

    public const ulong Tokens = 1_000_000_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly PostgresServer? _ownServer;

    private Airdrop(TestDatabase database, LocalnetProcess localnet, IRunningCluster cluster, PostgresServer? ownServer)
    {
        (Database, Localnet, Cluster, _ownServer) = (database, localnet, cluster, ownServer);
        Clients = [.. cluster.Servers.Select((_, first) =>
            new ClusterClient([.. cluster.Servers.Skip(first), .. cluster.Servers.Take(first)], cluster.AdministratorKey))];
    }

    public TestDatabase Database { get; }

    public LocalnetProcess Localnet { get; }

    public IRunningCluster Cluster { get; }

    /// <summary>The cluster's only process, of the embedded host.</summary>
    public ClusterProcess Process => (ClusterProcess)Cluster;

    /// <summary>A client for each gateway, which goes to the others only where its own fails.</summary>
    public IReadOnlyList<ClusterClient> Clients { get; }

    public ClusterClient Client => Clients[0];

    /// <summary>Base58.</summary>
    public string Mint { get; private set; } = "";

    /// <summary>The source's address.</summary>
    public string SourceAddress { get; private set; } = "";

    /// <summary>Starts everything, with the embedded host, and funds the source.</summary>
    public static Task<Airdrop> Set(
        LocalnetOptions localnet, object mint, PostgresServer? server = null, params (string Name, string Value)[] options) =>
        Set(localnet, mint, ClusterProcess.StartEmbedded, server, options);

    /// <summary>Starts everything and funds the source.</summary>
    /// <param name="localnet">How the chain behaves.</param>
    /// <param name="mint">What is asked of the localnet's <c>mint</c> command.</param>
    /// <param name="start">Starts the cluster.</param>
    /// <param name="server">A PostgreSQL of the test's own, which ends with it; null takes the shared one.</param>
    /// <param name="options">Further environment of the cluster.</param>
    public static async Task<Airdrop> Set(
        LocalnetOptions localnet,
        object mint,
        StartCluster start,
        PostgresServer? server = null,
        params (string Name, string Value)[] options)
    {
        var database = server is null ? await TestDatabase.Create() : await server.CreateDatabase();
        var chain = await LocalnetProcess.StartAsync(localnet);
        (string, string)[] chosen = [("Cluster__Solana__SlotDuration", localnet.Slot.ToString("c")), ("Logging__LogLevel__Default", "Warning"), .. options];
        var airdrop = new Airdrop(database, chain, await start(database, chain, chosen), server);
        await airdrop.Fund(mint);
        return airdrop;
    }

    /// <summary>What is on the ledger and no transaction of ours: what was there when the campaign was made, for one.</summary>
    public HashSet<string> Foreign { get; } = [];

    /// <summary>Makes the campaign.</summary>
    public async Task<Campaign> Create(uint lanes, DuplicatePolicy duplicates = default, OffCurvePolicy offCurve = default)
    {
        Foreign.UnionWith((await Localnet.LedgerAsync()).Select(entry => (string)entry["signature"]!));
        return await Insist<Campaign>(new CreateCampaignRequest
        {
            RequestId = "create",
            CampaignId = Id,
            WalletId = Source,
            Mint = Mint,
            Lanes = lanes,
            Duplicates = duplicates,
            OffCurve = offCurve,
        });
    }

    /// <summary>Uploads the recipients, again and again until the cluster has taken them.</summary>
    /// <param name="owed">Who gets what.</param>
    /// <param name="portionSent">Told how many portions of a hundred rows have been sent in one attempt; holds the next one back.</param>
    public Task<UploadReport> Upload(IReadOnlyList<(PublicKey Owner, ulong Amount)> owed, Func<int, Task>? portionSent = null) =>
        Insist(() => Client.Upload<UploadRecipientsRequest, UploadReport>(() => Parts(owed, portionSent), CancellationToken.None));

    public Task<Campaign> Start() => Insist<Campaign>(new StartCampaignRequest { RequestId = "start", CampaignId = Id });

    public Task<Campaign> Get() => Insist<Campaign>(new GetCampaignRequest { CampaignId = Id });

    /// <summary>Waits until the campaign has ended, whatever becomes of the cluster meanwhile.</summary>
    public async Task<Campaign> End()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                Campaign? last = null;
                await foreach (var campaign in Client.Follow<Campaign>(new WatchCampaignRequest { CampaignId = Id }, patience.Token))
                {
                    last = campaign;
                    if (campaign.State == CampaignState.Paused)
                    {
                        throw new InvalidOperationException($"the campaign has paused: {campaign.PauseReason}\n{Cluster.Output}");
                    }
                }

                return last!;
            }
            catch (RpcException error) when (IsPassing(error))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
            }
            catch (OperationCanceledException error)
            {
                throw new TimeoutException($"the campaign has not ended within {Patience}: {await Get()}\n{Cluster.Output}", error);
            }
        }
    }

    /// <summary>Waits until so many transactions are on the ledger; answers how many there are.</summary>
    public async Task<int> Landed(int atLeast = 0)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var landed = (int)(await Localnet.StatsAsync())["signatures"]!;
            if (landed >= atLeast)
            {
                return landed;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
        }
    }

    public async Task<IReadOnlyList<ReportRow>> Report()
    {
        var rows = new List<ReportRow>();
        await foreach (var row in CampaignReport.Rows(Client, Id, CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Calls as a client that does not give up while the cluster is away; its request keeps its id.</summary>
    /// <param name="request">The request.</param>
    /// <param name="turn">Gateways are asked in turn.</param>
    public Task<TReply> Insist<TReply>(IMessage request, int turn = 0)
        where TReply : class, IMessage =>
        Insist(() => Clients[turn % Clients.Count].Call<TReply>(request, CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Clients)
        {
            await client.DisposeAsync();
        }

        await Cluster.DisposeAsync();
        await Localnet.DisposeAsync();
        await Database.DisposeAsync();
        if (_ownServer is not null)
        {
            await _ownServer.DisposeAsync();
        }
    }

    private static async Task<TReply> Insist<TReply>(Func<Task<TReply>> call)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException error) when (IsPassing(error))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
            }
        }
    }

    private static bool IsPassing(RpcException error) => error.StatusCode is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded;

    private static async IAsyncEnumerable<UploadRecipientsRequest> Parts(IReadOnlyList<(PublicKey Owner, ulong Amount)> owed, Func<int, Task>? portionSent)
    {
        await Task.Yield();
        yield return new() { Header = new UploadHeader { RequestId = "upload", CampaignId = Id, Unit = AmountUnit.BaseUnits } };
        var sent = 0;
        foreach (var portion in owed.Index().Chunk(100))
        {
            var rows = new RecipientRows();
            rows.Rows.Add(portion.Select(row => new RecipientRow
            {
                Line = (ulong)row.Index + 2,
                Address = row.Item.Owner.ToString(),
                Amount = row.Item.Amount.ToString(),
            }));
            yield return new() { Rows = rows };
            await (portionSent?.Invoke(++sent) ?? Task.CompletedTask);
        }
    }

    private async Task Fund(object mint)
    {
        var wallet = await Client.Call<Wallet>(new CreateWalletRequest { RequestId = "wallet", WalletId = Source, Kind = WalletKind.Project }, CancellationToken.None);
        SourceAddress = wallet.Address;
        await Localnet.AdminAsync("set-account", new { address = SourceAddress, lamports = Lamports.ToString() });
        Mint = (string)(await Localnet.AdminAsync("mint", mint))["mint"]!;
        await Localnet.AdminAsync("mint-to", new { mint = Mint, owner = SourceAddress, amount = Tokens.ToString() });
        await Localnet.PassSlotsAsync(2);
    }
}
