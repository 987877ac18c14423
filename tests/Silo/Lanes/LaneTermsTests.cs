using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Lanes;

public sealed class LaneTermsTests
{
    private static readonly LaneRecord Lane = new()
    {
        CampaignId = "drop",
        Lane = 0,
        WalletId = "drop/0",
        State = LaneState.LanePaying,
        First = 1,
        Last = 10,
        Next = 1,
    };

    private readonly FakeTimeProvider _clock = new();
    private readonly PricedSender _network = new();

    [Theory]
    [InlineData(1_000UL, 200UL)]
    [InlineData(150UL, 150UL)]
    public async Task A_lane_that_comes_back_from_the_dead_offers_no_more_than_its_lamports_were_reckoned_for(ulong network, ulong offered)
    {
        _network.Price = network;
        var terms = Terms(new LaneDesk(View(Lane with { FeePrice = 100 })));

        Assert.Equal(offered, (await terms.Current(default)).Price);
    }

    [Fact]
    public async Task The_price_follows_the_network_and_is_bounded_as_soon_as_the_books_have_one()
    {
        var desk = new LaneDesk(View(Lane));
        var terms = Terms(desk);
        _network.Price = 100;
        Assert.Equal(100UL, (await terms.Current(default)).Price);

        desk.Publish(View(Lane with { FeePrice = 100 }));
        _network.Price = 1_000;
        Assert.Equal(100UL, (await terms.Current(default)).Price);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200UL, (await terms.Current(default)).Price);
    }

    private LaneTerms Terms(LaneDesk desk)
    {
        var campaign = new CampaignRecord
        {
            CampaignId = "drop",
            Name = "",
            WalletId = "source",
            Mint = null,
            TokenProgram = null,
            Decimals = 9,
            Lanes = 1,
            State = CampaignState.Running,
            Duplicates = DuplicatePolicy.DuplicatesKeep,
            OffCurve = OffCurvePolicy.OffCurveAllow,
            CreatedAt = default,
        };
        return new LaneTerms(new LaneContext("drop/0", campaign, default, new PayoutAsset(null, 890_880)), desk, _network, _clock);
    }

    private static LaneView View(LaneRecord lane) => LaneView.Of(new LaneBook(lane, []));

    private sealed class PricedSender : ITransactionSender
    {
        public ulong Price { get; set; }

        public ValueTask<RecentBlockhash> GetRecentBlockhash(CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<ulong> GetPriorityFee(ReadOnlyMemory<PublicKey> writable, CancellationToken ct) => new(Price);

        public ValueTask Submit(IReadOnlyList<SignedTransaction> transactions, IOutcomeSink sink, SubmitOptions options, CancellationToken ct) =>
            throw new NotSupportedException();
    }
}
