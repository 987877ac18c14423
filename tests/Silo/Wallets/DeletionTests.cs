using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cluster.Tests.Silo.Wallets.CustodyStage;
using static Cluster.Tests.Silo.Wallets.WalletChain;
using Transfer = Cluster.V1.Transfer;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>The end of wallets.</summary>
public sealed class DeletionTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;
    private WalletSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        _silo = await WalletSilo.Start(_database, _localnet.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_emptied_wallet_is_deleted_in_two_steps_its_key_is_gone_and_its_history_stays()
    {
        var shop = await _silo.CreateWallet("shop");
        var till = await _silo.CreateWallet("till");
        await _localnet.Fund(till.Address, 2 * Sol);
        var mint = await _localnet.Mint(till.Address, 1_000);

        var full = await Refusal(() => Request("till"), StatusCode.FailedPrecondition);
        var emptied = await _silo.Settled(await Empty("till", "shop", mint));
        var requested = await Request("till");
        var pays = await Refusal(() => _silo.Transfer("till", shop.Address, 1), StatusCode.FailedPrecondition);
        var deleted = await Delete("till", till.Address);

        Assert.Contains("it has 1 token accounts", full.Message);
        Assert.Equal(TransferStatus.Finalized, emptied.Status);
        Assert.Equal(1_000UL, await _localnet.Tokens(mint, shop.Address));
        Assert.Equal(0UL, await _localnet.Lamports(till.Address));
        Assert.NotNull(requested.DeletionRequestTime);
        Assert.Contains("is to be deleted", pays.Message);
        Assert.NotNull(deleted.DeleteTime);
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_keys where wallet_id = 'till'"));
        Assert.Single((await _silo.Query<ListTransfersReply>(new ListTransfersRequest { WalletId = "till" })).Transfers);
        await Refusal(
            () => _silo.Call<Wallet>(new CreateWalletRequest { RequestId = "anew", WalletId = "till", Kind = WalletKind.Project }), StatusCode.AlreadyExists);
        await Refusal(() => _silo.Transfer("till", shop.Address, 1), StatusCode.FailedPrecondition);
        await Refusal(() => _silo.Call<SignMessagesReply>(new SignMessagesRequest { WalletId = "till", Messages = { Google.Protobuf.ByteString.CopyFrom(1) } }), StatusCode.NotFound);
    }

    [Fact]
    public async Task A_step_taken_back_lets_the_wallet_pay_again()
    {
        var till = await _silo.CreateWallet("till");
        await Refusal(() => Delete("till", till.Address), StatusCode.FailedPrecondition);
        await Refusal(() => Cancel("till"), StatusCode.FailedPrecondition);

        await Request("till");
        await Refusal(() => Request("till", "again"), StatusCode.FailedPrecondition);
        await Cancel("till");
        await _localnet.Fund(till.Address, 2 * Sol);
        var recipient = NewAddress();
        await _silo.Settled(await _silo.Transfer("till", recipient, Sol));

        Assert.Equal(Sol, await _localnet.Lamports(recipient));
    }

    [Fact]
    public async Task Money_that_comes_in_between_the_steps_another_address_and_wallets_below_keep_a_wallet_alive()
    {
        var till = await _silo.CreateWallet("till");
        await Request("till");
        await _localnet.Fund(till.Address, 1);
        var late = await Refusal(() => Delete("till", till.Address), StatusCode.FailedPrecondition);
        var wrong = await Refusal(() => Delete("till", NewAddress()), StatusCode.InvalidArgument);

        await _silo.CreateWallet("parent");
        await _silo.Call<Wallet>(new CreateChildWalletRequest { RequestId = "c", WalletId = "child", ParentWalletId = "parent", Kind = WalletKind.User });
        var parent = await Refusal(() => Request("parent"), StatusCode.FailedPrecondition);

        Assert.Equal("wallet till cannot be deleted: it holds 1 lamports; empty it first.", late.Message);
        Assert.Contains("name the address of the wallet whose key is to be destroyed", wrong.Message);
        Assert.Equal("wallet parent cannot be deleted: wallet child depends on it.", parent.Message);
        Assert.Equal(3, await _database.Scalar<long>("select count(*) from wallet_keys"));
    }

    [Fact]
    public async Task A_deletion_that_fails_at_its_commit_leaves_a_wallet_that_signs()
    {
        var till = await _silo.CreateWallet("till");
        await Request("till");
        await _database.Execute(
            "create function fail() returns trigger language plpgsql as $$ begin raise exception 'worst moment' using errcode = '57P01'; end $$; "
            + "create trigger worst before insert on requests for each row execute function fail()");

        await Assert.ThrowsAsync<ClusterException>(() => Delete("till", till.Address));
        await _database.Execute("drop trigger worst on requests");
        await Cancel("till");
        await _localnet.Fund(till.Address, 2 * Sol);
        var recipient = NewAddress();
        await _silo.Settled(await _silo.Transfer("till", recipient, Sol));

        Assert.Equal(Sol, await _localnet.Lamports(recipient));
    }

    [Fact]
    public async Task A_wallet_whose_emptying_was_never_heard_of_is_emptied_once_and_only_then_deletable()
    {
        await _silo.DisposeAsync();
        _silo = await WalletSilo.Start(
            _database,
            _localnet.Url,
            services => services.AddSingleton<ITransactionSender>(provider => new HeldSender(provider.GetRequiredService<TransactionSender>(), sends: false)));
        var shop = await _silo.CreateWallet("shop");
        var till = await _silo.CreateWallet("till");
        await _localnet.Fund(till.Address, 2 * Sol);
        var emptying = await Empty("till", "shop");
        var inFlight = await Refusal(() => Request("till"), StatusCode.FailedPrecondition);
        await _silo.Crash();

        _silo = await WalletSilo.Start(_database, _localnet.Url);
        var again = await Empty("till", "shop");
        var settled = await _silo.Settled(again);
        await Request("till");
        await Delete("till", till.Address);

        Assert.Contains("1 payments in flight", inFlight.Message);
        Assert.Equal(emptying.TransferId, again.TransferId);
        Assert.Equal((2 * Sol) - settled.FeeLamports, await _localnet.Lamports(shop.Address));
    }

    private Task<Transfer> Empty(string walletId, string destination, string mint = "") => _silo.Call<Transfer>(
        new EmptyWalletRequest { RequestId = $"empty-{walletId}", WalletId = walletId, DestinationWalletId = destination, Mint = mint });

    private Task<Wallet> Request(string walletId, string reason = "shop closed") => _silo.Call<Wallet>(
        new RequestDeletionRequest { RequestId = Guid.NewGuid().ToString(), WalletId = walletId, Reason = reason });

    private Task<Wallet> Cancel(string walletId) => _silo.Call<Wallet>(
        new CancelDeletionRequest { RequestId = Guid.NewGuid().ToString(), WalletId = walletId });

    private Task<Wallet> Delete(string walletId, string address) => _silo.Call<Wallet>(
        new DeleteWalletRequest { RequestId = Guid.NewGuid().ToString(), WalletId = walletId, Address = address });
}
