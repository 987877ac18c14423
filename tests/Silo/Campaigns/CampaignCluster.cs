using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Cluster.Silo;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Audit;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>
/// A whole silo in the test's process, over a real database and a real virtual machine. Ended and started again over
/// the same two, it is a cluster that comes back from the dead.
/// </summary>
internal sealed class CampaignCluster : IAsyncDisposable
{
    private static readonly Caller Person = new("test", "a person at a test");

    /// <summary>How long a test waits for a campaign before it fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly IHost _host;

    private CampaignCluster(IHost host) => _host = host;

    public IGrains Grains => _host.Services.GetRequiredService<IGrains>();

    public IOperations Operations => _host.Services.GetRequiredService<IOperations>();

    public static async Task<CampaignCluster> Start(
        TestDatabase database, LocalnetProcess localnet, byte[] key, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Cluster"] = database.ConnectionString,
            ["SOLANA_RPC_URL"] = localnet.Url.ToString(),
            [AuditKeyRing.KeySetting] = TestAuditKeys.Text,
            ["WALLET_ENCRYPTION_KEY"] = Convert.ToBase64String(key),
            ["Cluster:Solana:SlotDuration"] = "00:00:00.050",
            ["Cluster:Solana:ResendInterval"] = "00:00:00.500",

            // A blockhash lives for 150 slots: three seconds of the shortest slots here, not a minute.
            ["Cluster:Solana:BlockhashRefresh"] = "00:00:00.200",
            ["Cluster:Solana:BlockhashMaxAge"] = "00:00:01",
            ["Cluster:ChainReader:Deadline"] = "00:00:10",
        });
        builder.Logging.AddProvider(TestLog.Provider).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddClusterSilo(builder.Configuration).AddEmbeddedHost();
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new CampaignCluster(host);
    }

    /// <summary>A key-encryption key; the same one for every process over a database.</summary>
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(32);

    public Task<TReply> Call<TReply>(IMessage request)
        where TReply : class, IMessage =>
        Grains.Call<TReply>(request, NewCall());

    public async Task<TReply> Query<TReply>(string method, IMessage request)
        where TReply : class, IMessage =>
        (TReply)await Operations.Unary(Operations.Methods.Single(other => other.Name == method), request, NewCall());

    public async IAsyncEnumerable<TReply> Stream<TReply>(string method, IMessage request, Call? call = null)
        where TReply : class, IMessage
    {
        await foreach (var reply in Operations.ServerStream(Operations.Methods.Single(other => other.Name == method), request, call ?? NewCall()))
        {
            yield return (TReply)reply;
        }
    }

    public Task<UploadReport> Upload(UploadHeader header, IEnumerable<RecipientRow> rows) =>
        Upload(header, rows.ToAsyncEnumerable());

    public async Task<UploadReport> Upload(UploadHeader header, IAsyncEnumerable<RecipientRow> rows)
    {
        var method = Operations.Methods.Single(other => other.Name == "UploadRecipients");
        return (UploadReport)await Operations.ClientStream(method, Parts(header, rows), NewCall());
    }

    public Task<UploadReport> Upload(string campaignId, IEnumerable<(PublicKey Owner, ulong Amount)> owed) => Upload(
        new UploadHeader { CampaignId = campaignId, RequestId = "upload-1", Unit = AmountUnit.BaseUnits },
        owed.Select((row, at) => new RecipientRow { Line = (ulong)at + 2, Address = row.Owner.ToString(), Amount = row.Amount.ToString() }));

    /// <summary>Waits until the campaign satisfies the condition, and answers with it.</summary>
    public async Task<Campaign> Await(string campaignId, Func<Campaign, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        var call = NewCall() with { Cancellation = patience.Token };
        await foreach (var campaign in Stream<Campaign>("WatchCampaign", new WatchCampaignRequest { CampaignId = campaignId }, call))
        {
            if (condition(campaign))
            {
                return campaign;
            }

            if (campaign.PauseReason.Length > 0)
            {
                throw new InvalidOperationException($"Campaign {campaignId} was paused before what was waited for: {campaign.PauseReason}");
            }
        }

        throw new InvalidOperationException($"Campaign {campaignId} ended before what was waited for.");
    }

    public async Task<IReadOnlyList<ReportRow>> Report(string campaignId)
    {
        var rows = new List<ReportRow>();
        await foreach (var page in Stream<ReportRows>("ReportCampaign", new ReportCampaignRequest { CampaignId = campaignId }))
        {
            rows.AddRange(page.Rows);
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static Call NewCall() => new(Person, Guid.NewGuid().ToString("N"));

    private static async IAsyncEnumerable<IMessage> Parts(
        UploadHeader header, IAsyncEnumerable<RecipientRow> rows, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return new UploadRecipientsRequest { Header = header };
        await foreach (var portion in rows.Chunk(1_000).WithCancellation(cancellationToken))
        {
            var part = new RecipientRows();
            part.Rows.Add(portion);
            yield return new UploadRecipientsRequest { Rows = part };
        }
    }
}
