using Cluster.Cli.Verification;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Cli;

public sealed class LedgerAuditTests
{
    private static readonly PublicKey Ann = PublicKey.FromBytes([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly PublicKey Bob = PublicKey.FromBytes([.. Enumerable.Repeat((byte)2, 32)]);

    [Fact]
    public void Everybody_with_exactly_what_was_owed_on_top_of_what_they_had_is_exact()
    {
        var audit = LedgerAudit.Compare(
            new Dictionary<PublicKey, ulong> { [Ann] = 5, [Bob] = 7 },
            new Dictionary<PublicKey, ulong> { [Ann] = 15, [Bob] = 7 },
            new Dictionary<PublicKey, ulong> { [Ann] = 10 });

        Assert.True(audit.Exact);
    }

    [Fact]
    public void One_base_unit_too_many_or_too_few_is_a_difference()
    {
        var audit = LedgerAudit.Compare(
            new Dictionary<PublicKey, ulong> { [Ann] = 5, [Bob] = 7 },
            new Dictionary<PublicKey, ulong> { [Ann] = 6 },
            new Dictionary<PublicKey, ulong>());

        Assert.Equal([new(Ann, 5, 6), new(Bob, 7, 0)], audit.Differences);
    }

    [Fact]
    public void A_snapshot_reads_back_as_it_was_written_and_a_torn_one_is_refused()
    {
        var path = Path.GetTempFileName();
        var balances = new Dictionary<PublicKey, ulong> { [Ann] = 5, [Bob] = ulong.MaxValue };
        try
        {
            BalanceSnapshot.Write(path, balances);
            Assert.Equal(balances, BalanceSnapshot.Read(path));

            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
            Assert.Contains("no multiple", Assert.Throws<Cluster.Cli.CommandException>(() => BalanceSnapshot.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
