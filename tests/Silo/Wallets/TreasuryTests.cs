using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cluster.Tests.Silo.Wallets.CustodyStage;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Treasuries from which several people pay together.</summary>
public sealed class TreasuryTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private readonly string _recipient = NewAddress();
    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;
    private WalletSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        _silo = await WalletSilo.Start(_database, _localnet.Url);
        foreach (var principal in new[] { "ada", "bob", "eve", "zoe" })
        {
            await _database.Execute($"insert into principals (principal_id, created_at) values ('{principal}', now())");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Two_of_three_pay_together_and_nobody_alone()
    {
        await Treasury();
        var proposal = await Propose("zoe", Sol);

        var alone = await Refusal(() => _silo.Transfer("treasury", _recipient, Sol), StatusCode.FailedPrecondition);
        await Refusal(() => _silo.Export("treasury"), StatusCode.FailedPrecondition);
        await Refusal(() => Approve("zoe", proposal), StatusCode.PermissionDenied);
        var first = await Approve("ada", proposal);
        var twice = await Refusal(() => Approve("ada", proposal), StatusCode.FailedPrecondition);
        Assert.Equal(0, await Payments());
        var done = await Approve("eve", proposal);
        var settled = await _silo.Settled(await Paid(done));

        Assert.Contains("2 of 3 approvers", alone.Message);
        Assert.Equal((ProposalState.ProposalOpen, 1), (first.State, first.ApprovedBy.Count));
        Assert.StartsWith("ada has agreed", twice.Message);
        Assert.Equal(ProposalState.ProposalDone, done.State);
        Assert.Equal(TransferStatus.Finalized, settled.Status);
        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
        await Refusal(() => Approve("bob", proposal), StatusCode.FailedPrecondition);
        Assert.Equal(1, await Payments());
    }

    [Fact]
    public async Task Approvals_that_come_at_once_pay_once()
    {
        await Treasury();
        var proposal = await Propose("ada", Sol);

        var outcomes = await Task.WhenAll(new[] { "ada", "bob", "eve" }.Select(async principal =>
        {
            try
            {
                return (await Approve(principal, proposal)).State;
            }
            catch (ClusterException)
            {
                return ProposalState.Unspecified;
            }
        }));

        Assert.Single(outcomes, state => state == ProposalState.ProposalDone);
        Assert.Equal(1, await Payments());
    }

    [Fact]
    public async Task A_last_approval_whose_payment_was_never_sent_is_paid_once_by_the_next_life()
    {
        await _silo.DisposeAsync();
        _silo = await WalletSilo.Start(
            _database,
            _localnet.Url,
            services => services.AddSingleton<ITransactionSender>(provider => new HeldSender(provider.GetRequiredService<TransactionSender>(), sends: false)));
        await Treasury();
        var proposal = await Propose("ada", Sol);
        await Approve("ada", proposal);
        var done = await Approve("bob", proposal, "last");
        await _silo.Crash();
        Assert.Equal(0UL, await _localnet.Lamports(_recipient));

        _silo = await WalletSilo.Start(_database, _localnet.Url);
        var again = await Approve("bob", proposal, "last");
        await _silo.Settled(await Paid(again));

        Assert.Equal(done, again);
        Assert.Equal(1, await Payments());
        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
    }

    [Fact]
    public async Task An_approval_that_fails_at_its_commit_or_for_want_of_funds_does_not_count()
    {
        var wallet = await Treasury();
        var proposal = await Propose("ada", 50 * Sol);
        await Approve("ada", proposal);
        var poor = await Refusal(() => Approve("bob", proposal), StatusCode.FailedPrecondition);
        await _localnet.Fund(wallet.Address, 100 * Sol);
        await _database.Execute(
            "create function fail() returns trigger language plpgsql as $$ begin raise exception 'worst moment' using errcode = '57P01'; end $$; "
            + "create trigger worst before insert on requests for each row execute function fail()");
        await Assert.ThrowsAsync<ClusterException>(() => Approve("bob", proposal, "worst"));
        await _database.Execute("drop trigger worst on requests");

        var open = await _silo.Call<Proposal>(new GetProposalRequest { WalletId = "treasury", ProposalId = proposal.ProposalId });
        await _silo.Settled(await Paid(await Approve("bob", proposal, "worst")));

        Assert.StartsWith("insufficient funds", poor.Message);
        Assert.Equal((ProposalState.ProposalOpen, "ada"), (open.State, Assert.Single(open.ApprovedBy)));
        Assert.Equal(50 * Sol, await _localnet.Lamports(_recipient));
    }

    [Fact]
    public async Task Approvers_change_approvers_and_approvals_of_former_ones_do_not_count()
    {
        await Treasury();
        var payment = await Propose("ada", Sol);
        await Approve("ada", payment);
        var change = await Call<Proposal>("bob", new ProposeRequest { RequestId = "change", WalletId = "treasury", Threshold = 2, Approvers = { "bob", "zoe" } });
        await Approve("bob", change);
        await Approve("eve", change);

        await Refusal(() => Approve("ada", payment), StatusCode.PermissionDenied);
        var half = await Approve("zoe", payment);
        var done = await Approve("bob", payment);
        var other = await Refusal(() => SetApprovers(1, "ada"), StatusCode.FailedPrecondition);

        Assert.Equal("zoe", Assert.Single(half.ApprovedBy));
        Assert.Equal(ProposalState.ProposalDone, done.State);
        Assert.Contains("who alone change who they are", other.Message);
    }

    [Fact]
    public async Task A_rejected_proposal_and_a_frozen_treasury_pay_nothing()
    {
        await Treasury();
        var rejected = await Propose("zoe", Sol);
        await Refusal(() => Reject("mallory", rejected), StatusCode.PermissionDenied);
        await Reject("zoe", rejected);
        await Refusal(() => Approve("ada", rejected), StatusCode.FailedPrecondition);

        var frozen = await Propose("ada", Sol, "frozen");
        await Approve("ada", frozen);
        await _silo.Call<Wallet>(new FreezeWalletRequest { RequestId = "f", WalletId = "treasury", Reason = "theft" });
        await Refusal(() => Approve("bob", frozen), StatusCode.FailedPrecondition);

        Assert.Equal(0, await Payments());
    }

    [Theory]
    [InlineData(0, "ada", "bob")]
    [InlineData(3, "ada", "bob")]
    [InlineData(1)]
    [InlineData(1, "ada", "ada")]
    public async Task Approvers_that_could_never_agree_are_refused(uint threshold, params string[] approvers)
    {
        await Wallet();

        await Refusal(() => SetApprovers(threshold, approvers), StatusCode.InvalidArgument);
        await Refusal(() => SetApprovers(1, "ghost"), StatusCode.NotFound);
    }

    private async Task<Wallet> Treasury()
    {
        var wallet = await Wallet();
        await _localnet.Fund(wallet.Address, 10 * Sol);
        await SetApprovers(2, "ada", "bob", "eve");
        return wallet;
    }

    private Task<Wallet> Wallet() => _silo.Call<Wallet>(new CreateWalletRequest { RequestId = "c", WalletId = "treasury", Kind = WalletKind.Treasury });

    private Task<Approvers> SetApprovers(uint threshold, params string[] approvers) => _silo.Call<Approvers>(
        new SetApproversRequest { RequestId = Guid.NewGuid().ToString(), WalletId = "treasury", Threshold = threshold, Approvers = { approvers } });

    private Task<Proposal> Propose(string principal, ulong amount, string requestId = "propose") => Call<Proposal>(
        principal, new ProposeRequest { RequestId = requestId, WalletId = "treasury", Destination = _recipient, Amount = amount });

    private Task<Proposal> Approve(string principal, Proposal proposal, string? requestId = null) => Call<Proposal>(
        principal,
        new ApproveRequest { RequestId = requestId ?? Guid.NewGuid().ToString(), WalletId = "treasury", ProposalId = proposal.ProposalId });

    private Task<Proposal> Reject(string principal, Proposal proposal) => Call<Proposal>(
        principal, new RejectRequest { RequestId = Guid.NewGuid().ToString(), WalletId = "treasury", ProposalId = proposal.ProposalId });

    private Task<T> Call<T>(string principal, Google.Protobuf.IMessage request)
        where T : class, Google.Protobuf.IMessage =>
        _silo.Call<T>(request, new Caller($"key-{Guid.NewGuid():n}", principal) { PrincipalId = principal });

    private Task<V1.Transfer> Paid(Proposal proposal) => _silo.Call<V1.Transfer>(
        new GetTransferRequest { WalletId = "treasury", TransferId = proposal.TransferId });

    private Task<long> Payments() => _database.Scalar<long>("select count(*) from wallet_transactions");
}
