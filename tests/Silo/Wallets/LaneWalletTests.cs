using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;
using Transfer = Cluster.V1.Transfer;

namespace Cluster.Tests.Silo.Wallets;

public sealed class LaneWalletTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;
    private const ulong AccountRent = 2_039_280;

    private static readonly Caller Lane = Caller.System("lane");

    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;
    private WalletSilo _silo = null!;
    private Wallet _source = null!;
    private Wallet _lane = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        _silo = await WalletSilo.Start(_database, _localnet.Url);
        _source = await _silo.CreateWallet("treasury");
        _lane = await CreateLane();
        await _localnet.Fund(_source.Address, 10 * Sol);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_lanes_wallet_is_derived_from_its_parent_and_made_once()
    {
        var again = await CreateLane();
        var listed = await _silo.Query<ListWalletsReply>(new ListWalletsRequest());
        var lanes = await _silo.Query<ListWalletsReply>(new ListWalletsRequest { Kind = WalletKind.Lane });

        Assert.Equal(_lane, again);
        Assert.Equal(("treasury", "m/7'/0'", WalletKind.Lane), (_lane.ParentWalletId, _lane.DerivationPath, _lane.Kind));
        Assert.Equal("treasury", Assert.Single(listed.Wallets).WalletId);
        Assert.Equal("drop/0", Assert.Single(lanes.Wallets).WalletId);
    }

    [Fact]
    public async Task Nobody_pays_out_of_a_lanes_wallet_by_hand()
    {
        var error = await Assert.ThrowsAsync<ClusterException>(() => _silo.Transfer("drop/0", NewAddress(), Sol));

        Assert.Equal((StatusCode.FailedPrecondition, "wallet drop/0 belongs to a campaign's lane, which alone pays from it."), (error.Status, error.Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sweep_brings_back_every_token_and_every_lamport_in_one_transaction(bool withFee)
    {
        var mint = await _localnet.Mint(_source.Address, 100_000, withFee ? new { transferFeeBasisPoints = 100 } : null);
        await _silo.Settled(await _silo.Transfer("treasury", _lane.Address, 40_000, mint));
        await _silo.Settled(await _silo.Transfer("treasury", _lane.Address, Sol));
        var before = await _localnet.Lamports(_source.Address);
        var rent = await _localnet.Lamports(TokenAccountOf(mint, _lane.Address, withFee));

        var sweep = await _silo.Settled(await Sweep(mint, "sweep-1"));

        Assert.Equal(TransferStatus.Finalized, sweep.Status);
        Assert.Equal(withFee ? 39_600UL : 40_000UL, sweep.Amount);
        Assert.Equal(withFee ? 60_000UL + 39_204 : 100_000UL, await _localnet.Tokens(mint, _source.Address));
        Assert.Equal(0UL, await _localnet.Lamports(_lane.Address));
        Assert.Equal(before + Sol + rent - sweep.FeeLamports, await _localnet.Lamports(_source.Address));
    }

    [Fact]
    public async Task An_empty_token_account_is_closed_all_the_same()
    {
        var mint = await _localnet.Mint(_lane.Address, 0);
        await _localnet.AdminAsync("mint-to", new { mint, owner = _lane.Address, amount = "0" });
        await _localnet.Fund(_lane.Address, Sol);

        var sweep = await _silo.Settled(await Sweep(mint, "sweep-1"));

        Assert.Equal((TransferStatus.Finalized, 0UL), (sweep.Status, sweep.Amount));
        Assert.Equal(0UL, await _localnet.Lamports(_lane.Address));
        Assert.Equal((11 * Sol) + AccountRent - sweep.FeeLamports, await _localnet.Lamports(_source.Address));
    }

    [Fact]
    public async Task Sol_alone_is_swept_to_the_last_lamport()
    {
        await _localnet.Fund(_lane.Address, Sol);

        var sweep = await _silo.Settled(await Sweep("", "sweep-1"));

        Assert.Equal((TransferStatus.Finalized, Sol - sweep.FeeLamports), (sweep.Status, sweep.Amount));
        Assert.Equal(0UL, await _localnet.Lamports(_lane.Address));
    }

    [Fact]
    public async Task The_same_sweep_asked_for_twice_is_one()
    {
        await _localnet.Fund(_lane.Address, Sol);

        var first = await Sweep("", "sweep-1");
        var again = await Sweep("", "sweep-1");
        var meanwhile = await Assert.ThrowsAsync<ClusterException>(() => Sweep("", "sweep-2"));

        Assert.Equal(first, again);
        Assert.Equal((StatusCode.FailedPrecondition, "wallet drop/0 has 1 payments in flight; it can be swept when they are settled."), (meanwhile.Status, meanwhile.Message));
    }

    [Fact]
    public async Task An_empty_wallet_and_one_that_cannot_pay_the_fee_say_so()
    {
        var empty = await Assert.ThrowsAsync<ClusterException>(() => Sweep("", "sweep-1"));
        await _localnet.Fund(_lane.Address, 4_999);
        var poor = await Assert.ThrowsAsync<ClusterException>(() => Sweep("", "sweep-1"));

        Assert.Equal((StatusCode.FailedPrecondition, $"wallet {_lane.Address} is empty: there is nothing to sweep."), (empty.Status, empty.Message));
        Assert.StartsWith($"insufficient funds: wallet {_lane.Address} has 4,999 of 5,000 lamports (0 reserved)", poor.Message);
    }

    private static string TokenAccountOf(string mint, string owner, bool token2022) =>
        AssociatedTokenAccount.Derive(
            PublicKey.Parse(owner), PublicKey.Parse(mint), token2022 ? TokenProgram.Token2022Id : TokenProgram.SplTokenId).ToString();

    private Task<Wallet> CreateLane()
    {
        var request = new CreateLaneWalletRequest { WalletId = "drop/0", ParentWalletId = "treasury" };
        request.DerivationPath.AddRange([7, 0]);
        return _silo.Call<Wallet>(request, Lane);
    }

    private Task<Transfer> Sweep(string mint, string requestId) => _silo.Call<Transfer>(
        new SweepWalletRequest { RequestId = requestId, WalletId = "drop/0", DestinationWalletId = "treasury", Mint = mint }, Lane);
}
