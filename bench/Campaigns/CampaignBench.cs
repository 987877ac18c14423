using System.Diagnostics;
using Cluster.Cli.Connection;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Bench.Campaigns;

/// <summary>The cluster and the localnet that <c>bench/run</c> has started, and campaigns on them.</summary>
internal sealed class CampaignBench : IAsyncDisposable
{
    private const string Wallet = "bench";
    private const int RowsInMessage = 1000;

    private readonly Dictionary<int, PublicKey[]> _recipients = [];
    private int _campaigns;

    private CampaignBench(ClusterClient cluster, Localnet localnet, PublicKey wallet)
    {
        Cluster = cluster;
        Localnet = localnet;
        WalletAddress = wallet;
    }

    /// <summary>Where the gateway listens.</summary>
    public static Uri Server { get; } = new("http://127.0.0.1:5000");

    /// <summary>The administrator's key of this run.</summary>
    public static string Key => File.ReadAllText(Variable("BENCH_KEY_FILE")).Trim();

    /// <summary>The gateway.</summary>
    public ClusterClient Cluster { get; }

    /// <summary>The ledger.</summary>
    public Localnet Localnet { get; }

    private PublicKey WalletAddress { get; }

    /// <summary>Connects, and makes the wallet that pays.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<CampaignBench> Connect(CancellationToken cancellationToken)
    {
        var cluster = new ClusterClient([Server], Key);
        var localnet = new Localnet(new Uri(Variable("BENCH_RPC")));
        var wallet = await cluster.Call<Wallet>(
            new CreateWalletRequest { RequestId = "bench", WalletId = Wallet, Kind = WalletKind.Project }, cancellationToken);
        var address = PublicKey.Parse(wallet.Address);
        await localnet.Airdrop(address, lamports: 1_000_000_000_000_000, cancellationToken);
        return new(cluster, localnet, address);
    }

    /// <summary>Recipients of a campaign of a size: the same ones every time, because each mint has accounts of its own.</summary>
    /// <param name="count">How many.</param>
    public PublicKey[] Recipients(int count)
    {
        if (!_recipients.TryGetValue(count, out var recipients))
        {
            recipients = new PublicKey[count];
            for (var i = 0; i < count; i++)
            {
                using var key = SigningKey.Generate();
                recipients[i] = key.PublicKey;
            }

            _recipients.Add(count, recipients);
        }

        return recipients;
    }

    /// <summary>A mint of which the wallet that pays holds plenty.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<PublicKey> NewMint(CancellationToken cancellationToken) => Localnet.Mint(WalletAddress, cancellationToken);

    /// <summary>Runs a campaign that pays one base unit to everybody.</summary>
    /// <param name="mint">The token.</param>
    /// <param name="recipients">Everybody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="lanes">Over how many wallets; 0 leaves it to the cluster.</param>
    /// <returns>From the start order to the last payment's confirmation, and to completion.</returns>
    public async Task<(TimeSpan Paid, TimeSpan Completed)> Campaign(
        PublicKey mint, PublicKey[] recipients, CancellationToken cancellationToken, uint lanes = 0)
    {
        var id = $"bench-{Environment.ProcessId}-{++_campaigns}";
        await Cluster.Call<Campaign>(
            new CreateCampaignRequest { RequestId = $"create:{id}", CampaignId = id, WalletId = Wallet, Mint = mint.ToString(), Lanes = lanes },
            cancellationToken);
        var report = await Cluster.Upload<UploadRecipientsRequest, UploadReport>(() => Rows(id, recipients), cancellationToken);
        if (report.Accepted != (ulong)recipients.Length)
        {
            throw new InvalidOperationException($"{report.Accepted} of {recipients.Length} recipients were accepted");
        }

        var start = Stopwatch.GetTimestamp();
        await Cluster.Call<Campaign>(new StartCampaignRequest { RequestId = $"start:{id}", CampaignId = id }, cancellationToken);
        TimeSpan? paid = null;
        await foreach (var campaign in Cluster.Follow<Campaign>(new WatchCampaignRequest { CampaignId = id }, cancellationToken))
        {
            if (paid is null && campaign.Progress?.Paid == (ulong)recipients.Length)
            {
                paid = Stopwatch.GetElapsedTime(start);
            }

            if (campaign.State == CampaignState.Paused)
            {
                throw new InvalidOperationException($"the campaign was paused: {campaign.PauseReason}");
            }
        }

        return (paid ?? throw new InvalidOperationException($"campaign {id} ended before everybody was paid"), Stopwatch.GetElapsedTime(start));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Localnet.Dispose();
        await Cluster.DisposeAsync();
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set; start the benchmarks with bench/run");

#pragma warning disable CS1998 // The rows are all there; the stream's shape is the client's.
    private static async IAsyncEnumerable<UploadRecipientsRequest> Rows(string id, PublicKey[] recipients)
#pragma warning restore CS1998
    {
        yield return new() { Header = new() { RequestId = $"upload:{id}", CampaignId = id, Unit = AmountUnit.BaseUnits } };
        ulong line = 1;
        foreach (var portion in recipients.Chunk(RowsInMessage))
        {
            var rows = new RecipientRows();
            foreach (var recipient in portion)
            {
                rows.Rows.Add(new RecipientRow { Line = ++line, Address = recipient.ToString(), Amount = "1" });
            }

            yield return new() { Rows = rows };
        }
    }
}
