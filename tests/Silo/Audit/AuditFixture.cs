using Cluster.Silo.Audit;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Cluster.Tests.Support;
using Cluster.V1;

namespace Cluster.Tests.Silo.Audit;

/// <summary>An audit log of a database of its own, with what writes, seals and verifies it.</summary>
internal sealed class AuditFixture : IAsyncDisposable
{
    private AuditFixture(TestDatabase database)
    {
        Database = database;
        Books = database.Open();
        Seals = new SealStore(database.Source, TestAuditKeys.Ring(), TimeProvider.System);
        Store = new AuditStore(Books);
    }

    public TestDatabase Database { get; }

    public Database Books { get; }

    public SealStore Seals { get; }

    public AuditStore Store { get; }

    public static async Task<AuditFixture> Create() => new(await TestDatabase.Create());

    public static AuditFixture On(TestDatabase database) => new(database);

    /// <summary>Commits entries, all of them at once.</summary>
    public async Task Write(params IEnumerable<string> wallets)
    {
        var changes = Books.Change();
        foreach (var wallet in wallets)
        {
            changes.Audit(
                new Call(new Caller("key-1", "Ada", "10.0.0.1") { Role = "operator", UserAgent = "tests/1" }, $"request-{wallet}"),
                "wallet.transfer",
                new GrainId("wallet", wallet),
                new AuditDetail().Add("amount", 5UL).ToString());
        }

        await Books.Commit(changes, CancellationToken.None);
    }

    /// <summary>Seals all that can be sealed. Transactions of other tests on the same server may hold it up for a moment.</summary>
    public async Task SealAll()
    {
        while (await Seals.SealNext(CancellationToken.None) is not null || await Unsealed() > 0)
        {
            await Task.Yield();
        }
    }

    /// <summary>Verifies; gives all findings and the last message.</summary>
    public async Task<(IReadOnlyList<AuditFinding> Findings, AuditVerification Last)> Verify(string anchor = "", AuditKeyRing? keys = null)
    {
        var findings = new List<AuditFinding>();
        AuditVerification? last = null;
        await foreach (var message in new AuditVerifier(Database.Source, keys ?? TestAuditKeys.Ring()).Verify(AuditAnchor.Parse(anchor), CancellationToken.None))
        {
            findings.AddRange(message.Findings);
            last = message;
        }

        return (findings, last!);
    }

    /// <summary>Changes what may not be changed, as somebody does who owns the tables.</summary>
    public Task Tamper(string sql) => Database.Execute($"set session_replication_role = replica; {sql}; reset session_replication_role");

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private Task<long> Unsealed() => Database.Scalar<long>(
        "select count(*) from audit_log where audit_id > 0 and transaction_id >= coalesce((select horizon from audit_seals order by seal_number desc limit 1), '0'::xid8) and audit_id > coalesce((select max(restored_id) from audit_seals), 0)");
}
