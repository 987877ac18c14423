using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

public sealed class WalletGrainTests(WalletGrainTests.Ledger ledger) : IClassFixture<WalletGrainTests.Ledger>, IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private TestDatabase _database = null!;
    private WalletSilo _silo = null!;
    private Wallet _wallet = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _silo = await WalletSilo.Start(_database, ledger.Localnet.Url, null, ("WALLET_MAX_TRANSACTION_AMOUNT", "5.5"));
        _wallet = await _silo.CreateWallet("treasury");
        await ledger.Localnet.Fund(_wallet.Address, 10 * Sol);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_wallet_is_made_once_and_found_again()
    {
        var again = await _silo.CreateWallet("treasury");
        var found = await _silo.Call<Wallet>(new GetWalletRequest { WalletId = "treasury" });
        var taken = await Refusal(() => _silo.Call<Wallet>(new CreateWalletRequest { RequestId = "x", WalletId = "treasury", Kind = WalletKind.User }));

        Assert.Equal(_wallet, again);
        Assert.Equal(_wallet, found);
        Assert.Equal((StatusCode.AlreadyExists, "there is a wallet treasury already; choose another wallet_id."), taken);
    }

    [Theory]
    [InlineData("", WalletKind.Project, "")]
    [InlineData("Treasury", WalletKind.Project, "")]
    [InlineData("a/b", WalletKind.Project, "")]
    [InlineData("treasury\n", WalletKind.Project, "")]
    [InlineData(".hidden", WalletKind.Project, "")]
    [InlineData("fine", WalletKind.Lane, "")]
    [InlineData("fine", WalletKind.Unspecified, "")]
    [InlineData("fine", (WalletKind)99, "")]
    [InlineData("fine", WalletKind.User, "a\0b")]
    public async Task A_wallet_that_cannot_be_is_refused(string walletId, WalletKind kind, string label)
    {
        var (status, _) = await Refusal(() => _silo.Call<Wallet>(new CreateWalletRequest { RequestId = "x", WalletId = walletId, Kind = kind, Label = label }));

        Assert.Equal(StatusCode.InvalidArgument, status);
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from wallets"));
    }

    [Fact]
    public async Task Sol_arrives_and_the_transfer_becomes_final()
    {
        var destination = NewAddress();

        var transfer = await _silo.Transfer("treasury", destination, 2 * Sol);
        var settled = await _silo.Settled(transfer);

        Assert.Equal(TransferStatus.Pending, transfer.Status);
        Assert.Equal(TransferStatus.Finalized, settled.Status);
        Assert.True(settled.Slot > 0);
        Assert.Equal(2 * Sol, await ledger.Localnet.Lamports(destination));
        Assert.Equal(8 * Sol - transfer.FeeLamports, await ledger.Localnet.Lamports(_wallet.Address));
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from wallet_transactions where transaction is null and settled_at is not null"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_arrive_in_an_account_that_is_made_for_them(bool token2022)
    {
        var mint = await ledger.Localnet.Mint(_wallet.Address, 1_000, token2022 ? new { closeAuthority = true } : null);
        var destination = NewAddress();

        var first = await _silo.Settled(await _silo.Transfer("treasury", destination, 300, mint, memo: "salary"));
        var second = await _silo.Settled(await _silo.Transfer("treasury", destination, 200, mint));

        Assert.Equal((TransferStatus.Finalized, TransferStatus.Finalized), (first.Status, second.Status));
        Assert.Equal((token2022 ? 2_074_080UL : 2_039_280UL, 0UL), (first.RentLamports, second.RentLamports));
        Assert.Equal(500UL, await ledger.Localnet.Tokens(mint, destination));
        Assert.Equal(500UL, await ledger.Localnet.Tokens(mint, _wallet.Address));
        Assert.Equal(
            (10 * Sol) - first.FeeLamports - second.FeeLamports - first.RentLamports, await ledger.Localnet.Lamports(_wallet.Address));
    }

    [Fact]
    public async Task A_transfer_fee_is_taken_out_of_the_amount_and_withheld_at_the_recipient()
    {
        var mint = await ledger.Localnet.Mint(_wallet.Address, 1_000_000, new { transferFeeBasisPoints = 250 });
        var destination = NewAddress();

        var settled = await _silo.Settled(await _silo.Transfer("treasury", destination, 100_000, mint));

        Assert.Equal(TransferStatus.Finalized, settled.Status);
        Assert.Equal(97_500UL, await ledger.Localnet.Tokens(mint, destination));
        Assert.Equal(900_000UL, await ledger.Localnet.Tokens(mint, _wallet.Address));
    }

    [Fact]
    public async Task Too_few_tokens_are_refused_with_the_figures()
    {
        var mint = await ledger.Localnet.Mint(_wallet.Address, 2_000);
        await _silo.Transfer("treasury", NewAddress(), 800, mint);

        var refused = await Refusal(() => _silo.Transfer("treasury", NewAddress(), 5_000, mint));

        Assert.Equal(
            (StatusCode.FailedPrecondition, $"insufficient funds: wallet {_wallet.Address} has 1,200 of 5,000 base units of {mint} (800 reserved)"),
            refused);
    }

    [Fact]
    public async Task Too_little_sol_is_refused_with_the_figures_and_the_rent_exempt_minimum_stays()
    {
        var poor = await _silo.CreateWallet("poor");
        await ledger.Localnet.Fund(poor.Address, 2_000_000);

        var refused = await Refusal(() => _silo.Transfer("poor", NewAddress(), 1_200_000));
        var transfer = await _silo.Settled(await _silo.Transfer("poor", NewAddress(), 2_000_000 - WalletRent - Fee));

        Assert.Equal(
            (StatusCode.FailedPrecondition,
            $"insufficient funds: wallet {poor.Address} has 1,109,120 of 1,205,000 lamports (0 reserved); it takes 1,200,000 to pay, 5,000 fee, and 890,880 stay in the wallet as its rent-exempt minimum"),
            refused);
        Assert.Equal(TransferStatus.Finalized, transfer.Status);
        Assert.Equal(WalletRent, await ledger.Localnet.Lamports(poor.Address));
    }

    [Fact]
    public async Task A_lamport_too_little_for_the_recipients_rent_is_refused_before_it_is_signed()
    {
        var destination = NewAddress();

        var (status, message) = await Refusal(() => _silo.Transfer("treasury", destination, WalletRent - 1));

        Assert.Equal(StatusCode.FailedPrecondition, status);
        Assert.Contains("890,879 lamports do not make it: an account must hold at least 890,880", message);
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_transactions"));
    }

    [Fact]
    public async Task More_than_the_cluster_allows_in_one_transfer_is_refused_to_callers_alone()
    {
        var refused = await Refusal(() => _silo.Transfer("treasury", NewAddress(), (55 * Sol / 10) + 1));
        var funding = await _silo.Call<Transfer>(
            new TransferRequest { RequestId = "fund", WalletId = "treasury", Destination = NewAddress(), Amount = 6 * Sol }, Caller.System("lane"));

        Assert.Equal(
            (StatusCode.FailedPrecondition, "amount is 5,500,000,001 lamports, and this cluster pays at most 5,500,000,000 in one transfer (WALLET_MAX_TRANSACTION_AMOUNT)."),
            refused);
        Assert.Equal(TransferStatus.Finalized, (await _silo.Settled(funding)).Status);
    }

    [Theory]
    [InlineData("", 1, "", "destination is no address")]
    [InlineData("7xJ4", 1, "", "destination is no address")]
    [InlineData("0OIl111111111111111111111111111", 1, "", "destination is no address")]
    [InlineData("11111111111111111111111111111112", 0, "", "amount is 0")]
    [InlineData("11111111111111111111111111111112", 1, "mint?", "mint is no address")]
    public async Task A_request_that_makes_no_sense_is_refused_whatever_the_chain_says(string destination, ulong amount, string mint, string reason)
    {
        var (status, message) = await Refusal(() => _silo.Transfer("treasury", destination, amount, mint));

        Assert.Equal(StatusCode.InvalidArgument, status);
        Assert.StartsWith(reason, message);
    }

    [Fact]
    public async Task Destinations_that_are_surely_mistakes_are_refused_by_name()
    {
        var mint = await ledger.Localnet.Mint(_wallet.Address, 1_000);
        var balances = await _silo.Call<Balances>(new GetBalancesRequest { WalletId = "treasury", Mints = { mint } });
        var tokenAccount = balances.Balances_[1].TokenAccount;

        Assert.Contains($"is a token account of {_wallet.Address}; give its owner", (await Refusal(() => _silo.Transfer("treasury", tokenAccount, Sol))).Message);
        Assert.Contains("is a mint", (await Refusal(() => _silo.Transfer("treasury", mint, Sol))).Message);
        Assert.Contains("is a program", (await Refusal(() => _silo.Transfer("treasury", "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", Sol))).Message);
        Assert.Contains("is an account of the runtime", (await Refusal(() => _silo.Transfer("treasury", "SysvarC1ock11111111111111111111111111111111", Sol))).Message);
        Assert.Contains("is the wallet itself", (await Refusal(() => _silo.Transfer("treasury", _wallet.Address, Sol))).Message);
    }

    [Fact]
    public async Task Mints_that_cannot_be_paid_are_refused_by_name()
    {
        var hooked = await ledger.Localnet.Mint(_wallet.Address, 1_000, new { transferHook = NewAddress() });
        var bound = await ledger.Localnet.Mint(_wallet.Address, 1_000, new { nonTransferable = true });
        var paused = await ledger.Localnet.Mint(_wallet.Address, 1_000, new { pausable = true });
        await ledger.Localnet.AdminAsync("pause", new { mint = paused });
        var nothing = NewAddress();

        Assert.Contains("(TransferHook)", (await Refusal(() => _silo.Transfer("treasury", NewAddress(), 1, hooked))).Message);
        Assert.Contains("its tokens cannot be transferred (NonTransferable)", (await Refusal(() => _silo.Transfer("treasury", NewAddress(), 1, bound))).Message);
        Assert.Contains("its authority has paused all transfers (PausableConfig)", (await Refusal(() => _silo.Transfer("treasury", NewAddress(), 1, paused))).Message);
        Assert.Equal($"wrong mint: {nothing} does not exist on this network", (await Refusal(() => _silo.Transfer("treasury", NewAddress(), 1, nothing))).Message);
        Assert.Contains("is a wallet, not a mint", (await Refusal(() => _silo.Transfer("treasury", NewAddress(), 1, _wallet.Address))).Message);
    }

    [Fact]
    public async Task Frozen_accounts_are_refused_on_either_side()
    {
        var mint = await ledger.Localnet.Mint(_wallet.Address, 1_000);
        var destination = NewAddress();
        await _silo.Settled(await _silo.Transfer("treasury", destination, 1, mint), TransferStatus.Confirmed, TransferStatus.Finalized);
        await ledger.Localnet.AdminAsync("freeze", new { mint, owner = destination });
        var frozenTarget = await Refused(() => _silo.Transfer("treasury", destination, 1, mint));
        await ledger.Localnet.AdminAsync("freeze", new { mint, owner = _wallet.Address });
        var frozenSource = await Refused(() => _silo.Transfer("treasury", NewAddress(), 1, mint));
        var balances = await _silo.Call<Balances>(new GetBalancesRequest { WalletId = "treasury", Mints = { mint } });

        Assert.Contains("the recipient's token account is frozen by the mint's authority", frozenTarget);
        Assert.Contains($"of wallet {_wallet.Address} is frozen by the authority of mint {mint}", frozenSource);
        Assert.True(balances.Balances_[1].Frozen);
        Assert.Equal(0UL, balances.Balances_[1].Available);
    }

    [Fact]
    public async Task A_mint_that_freezes_new_accounts_is_refused_where_the_recipient_has_none()
    {
        var mint = await ledger.Localnet.Mint(_wallet.Address, 1_000, new { frozenByDefault = true });

        var message = await Refused(() => _silo.Transfer("treasury", NewAddress(), 1, mint));

        Assert.Contains($"the mint {mint} freezes every new token account, and the recipient has none yet", message);
    }

    [Fact]
    public async Task Balances_tell_confirmed_reserved_and_available()
    {
        var mint = await ledger.Localnet.Mint(_wallet.Address, 1_000);
        await _silo.Settled(await _silo.Transfer("treasury", NewAddress(), 400, mint));

        var balances = await _silo.Call<Balances>(new GetBalancesRequest { WalletId = "treasury" });

        var (sol, token) = (balances.Balances_[0], Assert.Single(balances.Balances_, balance => balance.Mint == mint));
        Assert.Equal((600UL, 0UL, 600UL, 6U), (token.Confirmed, token.Reserved, token.Available, token.Decimals));
        Assert.Equal(("", 9U, sol.Confirmed - WalletRent), (sol.Mint, sol.Decimals, sol.Available));
    }

    [Fact]
    public async Task Lists_come_in_pages_whose_tokens_fit_no_other_list()
    {
        for (var i = 0; i < 5; i++)
        {
            await _silo.CreateWallet($"wallet-{i}");
            await _silo.Transfer("treasury", NewAddress(), Sol / 100);
        }

        var wallets = await _silo.Query<ListWalletsReply>(new ListWalletsRequest { PageSize = 4 });
        var moreWallets = await _silo.Query<ListWalletsReply>(new ListWalletsRequest { PageSize = 4, PageToken = wallets.NextPageToken });
        var transfers = await _silo.Query<ListTransfersReply>(new ListTransfersRequest { WalletId = "treasury", PageSize = 3 });
        var older = await _silo.Query<ListTransfersReply>(new ListTransfersRequest { WalletId = "treasury", PageSize = 3, PageToken = transfers.NextPageToken });

        Assert.Equal(["treasury", "wallet-0", "wallet-1", "wallet-2", "wallet-3", "wallet-4"], [.. wallets.Wallets.Select(w => w.WalletId), .. moreWallets.Wallets.Select(w => w.WalletId)]);
        Assert.Equal("", moreWallets.NextPageToken);
        Assert.Equal((3, 2, ""), (transfers.Transfers.Count, older.Transfers.Count, older.NextPageToken));
        Assert.Equal(5, transfers.Transfers.Concat(older.Transfers).DistinctBy(t => t.TransferId).Count());
        foreach (var token in new[] { wallets.NextPageToken, "nonsense", "é", transfers.NextPageToken[..^2] })
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Refusal(() => _silo.Query<ListTransfersReply>(new ListTransfersRequest { WalletId = "treasury", PageToken = token }))).Status);
        }

        Assert.Equal(StatusCode.NotFound, (await Refusal(() => _silo.Query<ListTransfersReply>(new ListTransfersRequest { WalletId = "ghost" }))).Status);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        Assert.Equal((StatusCode.NotFound, "there is no wallet ghost."), await Refusal(() => _silo.Transfer("ghost", NewAddress(), 1)));
        Assert.Equal(StatusCode.NotFound, (await Refusal(() => _silo.Call<Transfer>(new GetTransferRequest { WalletId = "treasury", TransferId = Guid.NewGuid().ToString() }))).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await Refusal(() => _silo.Call<Transfer>(new GetTransferRequest { WalletId = "treasury", TransferId = "7" }))).Status);
    }

    [Fact]
    public async Task Every_change_has_its_audit_row_with_caller_and_figures()
    {
        var transfer = await _silo.Settled(await _silo.Transfer("treasury", NewAddress(), Sol));

        Assert.Equal(1, await _database.Scalar<long>("select count(*) from audit_log where operation = 'wallet.create' and subject_key = 'treasury' and caller_id = 'key-1'"));
        Assert.Equal(1, await _database.Scalar<long>(
            $"select count(*) from audit_log where operation = 'wallet.transfer' and caller_name = 'Ada' and detail ->> 'amount' = '{Sol}' and detail ->> 'signature' = '{transfer.Signature}'"));
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from audit_log where operation = 'wallet.settle' and caller_id = 'system:sender' and detail ->> 'status' = 'finalized'"));
    }

    private static async Task<string> Refused<T>(Func<Task<T>> call) => (await Refusal(call)).Message;

    private static async Task<(StatusCode Status, string Message)> Refusal<T>(Func<Task<T>> call)
    {
        var error = await Assert.ThrowsAsync<ClusterException>(call);
        return (error.Status, error.Message);
    }

    /// <summary>One localnet for the class: its tests use addresses and mints of their own.</summary>
    public sealed class Ledger : IAsyncLifetime
    {
        internal LocalnetProcess Localnet { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Localnet = await LocalnetProcess.StartAsync();

        public async ValueTask DisposeAsync() => await Localnet.DisposeAsync();
    }
}
