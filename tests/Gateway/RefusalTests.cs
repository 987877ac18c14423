using System.Net;
using Cluster.Gateway.Access;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Audit;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.Gateway;

/// <summary>Whoever is refused stands in the audit log, and nobody fills a disk by being refused.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_failed_login_leaves_a_row_with_address_and_program_and_no_trace_of_what_was_presented()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var invented = ApiKeyText.Create();
        await gateway.CallJson("Wallets/GetWallet", "{}", invented.Text, ("user-agent", "picklock/1"));
        await gateway.CallJson("Wallets/GetWallet", "{}", key: null);

        var row = Assert.Single(await Written(gateway, "access.unauthenticated")).Row;

        Assert.Equal(("", "127.0.0.1", "picklock/1", "Wallets/GetWallet"), (row.Caller.Id, row.Caller.Address, row.Caller.UserAgent, row.Subject.Key));
        Assert.Equal((Severity.Medium, AuditOutcome.Refused), (row.Severity, row.Outcome));
        Assert.Contains("\"count\":\"2\"", row.Detail, StringComparison.Ordinal);
        Assert.Equal(0, await gateway.Database.Scalar<long>($"select count(*) from audit_log where audit_log::text like '%{invented.Id}%'"));
    }

    [Fact]
    public async Task A_denied_caller_leaves_a_row_with_role_and_permission()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var key = await gateway.MakeKey(Permission.ViewCampaign);
        await gateway.CallJson("Wallets/GetWallet", "{}", key);

        var row = Assert.Single(await Written(gateway, "access.denied")).Row;

        Assert.Equal((Severity.Medium, AuditOutcome.Refused), (row.Severity, row.Outcome));
        Assert.NotEqual("", row.Caller.Role);
        Assert.Contains("VIEW_BALANCE", row.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operation_refuses_to_do_is_a_row_about_its_wallet_and_what_it_cannot_find_is_none()
    {
        await using var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answer = (_, _, _) => throw new ClusterException(StatusCode.FailedPrecondition, "insufficient funds: 7 of 9");
        await gateway.CallJson("Wallets/Transfer", """{"walletId":"treasury","requestId":"r"}""", gateway.AdministratorKey, ("x-request-id", "call-9"));
        await gateway.CallJson("Wallets/GetWallet", """{"walletId":"treasury"}""", gateway.AdministratorKey);

        var row = Assert.Single(await Written(gateway, "Wallets/")).Row;

        Assert.Equal(("Wallets/Transfer", new GrainId("wallet", "treasury"), "call-9"), (row.Operation, row.Subject, row.RequestId));
        Assert.Equal((Severity.Low, AuditOutcome.Refused, "owner"), (row.Severity, row.Outcome, row.Caller.Role));
        Assert.Contains("insufficient funds: 7 of 9", row.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_refusals_costs_a_budget_of_rows_and_says_how_many_there_were()
    {
        var time = new FakeTimeProvider();
        var book = new RefusalBook(new RowBudget(burst: 50, perSecond: 0.1, time));
        long rows = 0, refusals = 0;
        for (var second = 0; second < 3_600; second++)
        {
            for (var i = 0; i < 20; i++)
            {
                // Each from an address of its own, so that nothing can be summed up.
                var caller = new Caller("", "", new IPAddress((second * 20L) + i).ToString());
                book.Add(new Refusal(caller, "access.unauthenticated", new GrainId("operation", "x"), StatusCode.Unauthenticated, Severity.Medium), "", "");
            }

            var taken = book.Take();
            rows += taken.Count;
            refusals += taken.Sum(sum => sum.Count);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(rows, 50 + 300, 50 + 360 + 61);
        Assert.InRange(refusals, 3_600 * 20 - (60 * 20), 3_600 * 20);
    }

    [Fact]
    public void Beyond_a_thousand_different_ones_refusals_are_only_counted_until_they_are_written()
    {
        var book = new RefusalBook(new RowBudget(burst: 10_000, perSecond: 1, new FakeTimeProvider()));
        for (var i = 0; i < 5_000; i++)
        {
            book.Add(new Refusal(new Caller($"key-{i}", ""), "access.denied", new GrainId("operation", "x"), StatusCode.PermissionDenied, Severity.Medium), "", "");
        }

        var taken = book.Take();

        Assert.Equal((1_001, 5_000L), (taken.Count, taken.Sum(sum => sum.Count)));
        Assert.Equal("access.refused_many", taken[^1].First.Operation);
    }

    [Fact]
    public async Task A_key_that_is_used_from_elsewhere_is_an_alarm()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var key = ApiKeyText.Create();
        var stored = key.ToStored("test", new HashSet<Permission> { Permission.ViewBalance }, DateTimeOffset.UnixEpoch) with { Addresses = [IPNetwork.Parse("10.0.0.0/8")] };
        await gateway.Services.GetRequiredService<ApiKeyStore>().Insert(stored, Roles.SmallestThatHolds([Permission.ViewBalance]), new Call(Caller.System("test"), "test"));
        await gateway.Refresh();
        await gateway.CallJson("Wallets/GetWallet", "{}", key.Text);

        var row = Assert.Single(await Written(gateway, "access.unauthenticated")).Row;

        Assert.Equal((key.Id, "127.0.0.1", Severity.High), (row.Caller.Id, row.Caller.Address, row.Severity));
    }

    private static async Task<IReadOnlyList<StoredAuditRow>> Written(GatewayUnderTest gateway, string operation)
    {
        await gateway.Services.GetRequiredService<RefusalLog>().Write(CancellationToken.None);
        return await gateway.Services.GetRequiredService<AuditStore>().List(new AuditQuery(Operation: operation), null, 10, CancellationToken.None);
    }
}
