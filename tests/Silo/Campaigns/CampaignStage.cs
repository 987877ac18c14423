using Cluster.Silo.Grains.Lanes;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>A database, a localnet and a funded wallet, and the ledger's own word on who got what.</summary>
internal sealed class CampaignStage : IAsyncDisposable
{
    public const string Wallet = "source";

    private readonly byte[] _key = CampaignCluster.NewKey();

    private CampaignStage(TestDatabase database, LocalnetProcess localnet) => (Database, Localnet) = (database, localnet);

    public TestDatabase Database { get; }

    public LocalnetProcess Localnet { get; }

    /// <summary>Base58 of the mint; empty where the stage pays SOL.</summary>
    public string Mint { get; private set; } = "";

    public string WalletAddress { get; private set; } = "";

    public static async Task<CampaignStage> Set(LocalnetOptions? options = null, PostgresServer? server = null)
    {
        var database = server is null ? await TestDatabase.Create() : await server.CreateDatabase();
        return new CampaignStage(database, await LocalnetProcess.StartAsync(options));
    }

    /// <summary>Leaves a test time to act in the middle of a campaign.</summary>
    public static void Unhurried(IServiceCollection services) =>
        services.Configure<LaneOptions>(options => (options.BatchesAtOnce, options.MaxUnconfirmed) = (8, 16));

    /// <summary>Orders a pause as soon as something was paid, and waits until nothing is on its way.</summary>
    public static async Task<Campaign> PauseInTheMiddle(CampaignCluster cluster, string id)
    {
        await cluster.Await(id, campaign => campaign.Progress.Paid + campaign.Progress.InFlight > 0);
        await cluster.Call<Campaign>(new PauseCampaignRequest { RequestId = "pause", CampaignId = id });
        var settled = await cluster.Await(
            id, campaign => campaign.Progress.InFlight == 0 && campaign.Progress.Finalized == campaign.Progress.Paid);
        Assert.True(settled.Progress.Paid < settled.Recipients, "the pause came too late to tell anything");
        return settled;
    }

    public static Task<Campaign> Resume(CampaignCluster cluster, string id) =>
        cluster.Call<Campaign>(new ResumeCampaignRequest { RequestId = "resume", CampaignId = id });

    public Task<CampaignCluster> StartCluster(Action<IServiceCollection>? configure = null) =>
        CampaignCluster.Start(Database, Localnet, _key, configure);

    /// <summary>Makes the source wallet and gives it lamports and, unless it pays SOL, tokens of a new mint.</summary>
    public async Task Fund(CampaignCluster cluster, ulong lamports, object? mint = null)
    {
        var wallet = await cluster.Call<Wallet>(new CreateWalletRequest { RequestId = "wallet", WalletId = Wallet, Kind = WalletKind.Project });
        WalletAddress = wallet.Address;
        await Localnet.CallAsync("requestAirdrop", WalletAddress, lamports);
        if (mint is not null)
        {
            var made = await Localnet.AdminAsync("mint", mint);
            Mint = (string)made["mint"]!;
            await Localnet.AdminAsync("mint-to", new { mint = Mint, owner = WalletAddress, amount = "1000000000000" });
        }

        await Localnet.PassSlotsAsync(2);
    }

    public async Task<Campaign> Create(CampaignCluster cluster, string id, uint lanes = 0, DuplicatePolicy duplicates = DuplicatePolicy.Unspecified) =>
        await cluster.Call<Campaign>(new CreateCampaignRequest
        {
            RequestId = "create",
            CampaignId = id,
            WalletId = Wallet,
            Mint = Mint,
            Lanes = lanes,
            Duplicates = duplicates,
        });

    public static Task<Campaign> Start(CampaignCluster cluster, string id) =>
        cluster.Call<Campaign>(new StartCampaignRequest { RequestId = "start", CampaignId = id });

    /// <summary>Recipients with keys of their own, each owed another amount.</summary>
    public static IReadOnlyList<(PublicKey Owner, ulong Amount)> Recipients(int count, int seed = 1, ulong least = 1)
    {
        var random = new Random(seed);
        var owed = new (PublicKey, ulong)[count];
        var bytes = new byte[32];
        for (var at = 0; at < count; at++)
        {
            random.NextBytes(bytes);
            using var key = SigningKey.FromSeed(bytes);
            owed[at] = (key.PublicKey, least + (ulong)at);
        }

        return owed;
    }

    /// <summary>The ledger says that everybody has exactly what is owed, the failed nothing; and the report says the same.</summary>
    public async Task RequirePaidExactly(
        CampaignCluster cluster, string id, IEnumerable<(PublicKey Owner, ulong Amount)> owed, ISet<PublicKey>? failed = null)
    {
        failed ??= new HashSet<PublicKey>();
        var expected = owed.GroupBy(row => row.Owner).ToDictionary(
            group => group.Key.ToString(),
            group => failed.Contains(group.Key) ? 0 : group.Aggregate(0UL, (sum, row) => sum + row.Amount));
        var balances = await Balances([.. expected.Keys]);
        foreach (var (owner, amount) in expected)
        {
            Assert.True(amount == balances[owner], $"{owner} is owed {amount} and has {balances[owner]}");
        }

        var report = await cluster.Report(id);
        foreach (var group in report.Where(row => balances.ContainsKey(row.Address)).GroupBy(row => row.Address))
        {
            var paid = group.Where(row => row.Status == RecipientStatus.RecipientPaid).Aggregate(0UL, (sum, row) => sum + row.Amount);
            Assert.Equal(balances[group.Key], paid);
            Assert.All(group, row => Assert.Equal(row.Status == RecipientStatus.RecipientFailed, row.Reason.Length > 0));
        }

        await RequireLanesEmpty();
    }

    /// <summary>Base units of the mint, or lamports, by owner.</summary>
    public async Task<Dictionary<string, ulong>> Balances(IReadOnlyList<string> owners)
    {
        var balances = owners.Distinct().ToDictionary(owner => owner, _ => 0UL);
        foreach (var portion in balances.Keys.ToArray().Chunk(5_000))
        {
            var reply = await Localnet.AdminAsync("token-balances", Mint.Length > 0 ? new { owners = portion, mint = Mint } : new { owners = portion });
            var amounts = reply["balances"]!.AsArray();
            for (var at = 0; at < portion.Length; at++)
            {
                balances[portion[at]] = ulong.Parse(amounts[at]?.ToString() ?? "0");
            }
        }

        return balances;
    }

    /// <summary>Lanes' wallets hold nothing once their campaign has ended.</summary>
    public async Task RequireLanesEmpty()
    {
        var held = await Database.Scalar<long>("select count(*) from campaign_lanes where state <> 'done'");
        Assert.Equal(0, held);
        var lanes = await Database.Open().Query(
            "select address from wallets where kind = 'lane'", [], row => PublicKey.FromBytes(row.GetFieldValue<byte[]>(0)).ToString(), default);
        foreach (var lane in lanes)
        {
            var balance = await Localnet.CallAsync("getBalance", lane);
            Assert.Equal(0UL, (ulong)balance!["value"]!);
        }

        Assert.All(await Balances(lanes), lane => Assert.Equal(0UL, lane.Value));
    }

    public async ValueTask DisposeAsync()
    {
        await Localnet.DisposeAsync();
        await Database.DisposeAsync();
    }
}
