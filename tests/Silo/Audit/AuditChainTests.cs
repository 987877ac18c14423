using Cluster.Silo.Audit;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage.Audit;
using Cluster.Silo.Storage.Schema;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Silo.Audit;

public sealed class AuditChainTests : IAsyncLifetime
{
    private AuditFixture _log = null!;

    public async ValueTask InitializeAsync() => _log = await AuditFixture.Create();

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task A_log_that_nobody_touched_is_whole()
    {
        await _log.Write("a", "b");
        await _log.SealAll();
        await _log.Write("c");
        await _log.SealAll();
        await _log.Write("d");

        var (findings, last) = await _log.Verify();

        Assert.Empty(findings);
        Assert.Equal((true, 3UL, 2UL, 1UL), (last.Done, last.Entries, last.Seals, last.Unsealed));
        Assert.StartsWith("2:", last.Anchor);
        Assert.Empty((await _log.Verify(last.Anchor)).Findings);
    }

    [Fact]
    public async Task An_empty_log_is_whole_and_has_no_anchor()
    {
        var (findings, last) = await _log.Verify();

        Assert.Empty(findings);
        Assert.Equal((true, ""), (last.Done, last.Anchor));
    }

    [Theory]
    [InlineData("update audit_log set detail = '{\"amount\":\"6\"}' where audit_id = 2", "entry 2 was changed")]
    [InlineData("update audit_log set at = at + interval '1 microsecond' where audit_id = 2", "entry 2 was changed")]
    [InlineData("update audit_log set caller_address = null where audit_id = 2", "entry 2 was changed")]
    [InlineData("update audit_log set severity = 'high' where audit_id = 2", "entry 2 was changed")]
    [InlineData("alter table audit_log drop constraint audit_log_mac_is_there; update audit_log set mac = null where audit_id = 4", "entry 4 has no MAC")]
    [InlineData("update audit_log set transaction_id = '4' where audit_id = 4", "the transaction number of entry 4 was changed")]
    [InlineData("delete from audit_log where audit_id = 2", "entry 2 was removed")]
    [InlineData("delete from audit_log where audit_id = 5", "entry 5 was removed")]
    [InlineData("alter table audit_log drop constraint audit_log_pkey, alter audit_id drop identity; update audit_log set audit_id = case audit_id when 2 then 3 when 3 then 2 end where audit_id in (2, 3)", "entry 2 is another one than was sealed under its number")]
    [InlineData("insert into audit_log overriding system value select 90, at, caller_id, caller_name, caller_address, operation, subject_type, subject_key, request_id, detail, entry_id, caller_role, user_agent, outcome, severity, transaction_id, key_id, mac from audit_log where audit_id = 2", "entry 90 is a copy of entry 2")]
    [InlineData("insert into audit_log (entry_id, at, caller_id, caller_name, operation, subject_type, subject_key, request_id, outcome, severity, key_id, mac) values (gen_random_uuid(), now(), '', '', 'wallet.transfer', 'wallet', 'x', '', 'done', 'low', (select key_id from audit_keys union select key_id from audit_log limit 1), decode(repeat('ab', 32), 'hex'))", "was changed, or inserted by hand")]
    [InlineData("delete from audit_seals where seal_number = 2", "the seals from 2 to 2 were removed")]
    [InlineData("update audit_seals set sealed_at = sealed_at - interval '1 hour' where seal_number = 2", "seal 2 was changed")]
    [InlineData("update audit_seals set horizon = '7' where seal_number = 3", "seal 3 was changed")]
    [InlineData("update audit_seals set head = decode(repeat('00', 32), 'hex') where seal_number = 1", "seal 1 was changed")]
    [InlineData("update audit_seals set audit_ids = array[audit_ids[2], audit_ids[1]] where seal_number = 1", "seal 1 was changed")]
    [InlineData("update audit_seals set seal_number = 9 where seal_number = 3", "the seals from 3 to 8 were removed")]
    [InlineData("delete from audit_seals where seal_number = 3; delete from audit_log where audit_id = 5", "the log was cut off: it was sealed up to seal 3, and ends with 2")]
    [InlineData("delete from audit_seals; delete from audit_log", "the log was cut off: it was sealed up to seal 3, and ends with 0")]
    public async Task What_was_tampered_with_is_named(string tampering, string finding)
    {
        await _log.Write("a", "b");
        await _log.SealAll();
        await _log.Write("c", "d");
        await _log.SealAll();
        await _log.Write("e");
        await _log.SealAll();
        var anchor = (await _log.Verify()).Last.Anchor;

        await _log.Tamper(tampering);
        var (findings, _) = await _log.Verify(anchor);

        Assert.Contains(findings, found => found.Text.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_that_was_slipped_in_behind_the_seals_is_named()
    {
        await _log.Write("a");
        await _log.SealAll();
        await _log.Write("b");
        await _log.SealAll();
        await _log.Tamper("delete from audit_seals where seal_number = 2");
        await _log.Tamper("update audit_log set transaction_id = '3' where subject_key = 'b'");

        var (findings, _) = await _log.Verify();

        Assert.Equal("entry 2 was inserted: it is in no seal, and older ones are", Assert.Single(findings).Text);
    }

    [Fact]
    public async Task A_transaction_that_drew_a_number_early_and_commits_late_is_sealed_once_and_raises_no_alarm()
    {
        await using var slow = await _log.Database.Source.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        var late = _log.Books.Change();
        late.Audit(new Call(new Caller("key-2", "Bob"), "late"), "wallet.transfer", new GrainId("wallet", "late"));
        late.Batch.Connection = slow;
        late.Batch.Transaction = transaction;
        await late.Batch.ExecuteNonQueryAsync();
        await _log.Write("early");

        // The row with the greater number is committed, and must wait: the other may still come, or not.
        Assert.Null(await _log.Seals.SealNext(CancellationToken.None));
        Assert.Equal(1UL, (await _log.Verify()).Last.Unsealed);
        await transaction.CommitAsync();
        await _log.SealAll();

        var (findings, last) = await _log.Verify();
        Assert.Empty(findings);
        Assert.Equal((2UL, 0UL), (last.Entries, last.Unsealed));
    }

    [Fact]
    public async Task Numbers_that_were_drawn_and_rolled_back_are_no_gap_in_the_chain()
    {
        await _log.Write("a");
        await using (var connection = await _log.Database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            var abandoned = _log.Books.Change();
            abandoned.Audit(new Call(new Caller("key-2", "Bob"), "never"), "wallet.transfer", new GrainId("wallet", "never"));
            abandoned.Batch.Connection = connection;
            abandoned.Batch.Transaction = transaction;
            await abandoned.Batch.ExecuteNonQueryAsync();
        }

        await _log.Write("c");
        await _log.SealAll();

        var (findings, last) = await _log.Verify();
        Assert.Empty(findings);
        Assert.Equal(2UL, last.Entries);
        Assert.Equal([1L, 3L], (await _log.Store.List(new AuditQuery(), null, 10, CancellationToken.None)).Select(row => row.AuditId).Order());
    }

    [Fact]
    public async Task A_portion_is_cut_where_a_transaction_ends()
    {
        for (var i = 0; i < 3; i++)
        {
            await _log.Write(Enumerable.Range(0, 6_000).Select(number => $"{i}-{number}"));
        }

        await _log.SealAll();

        var (findings, last) = await _log.Verify();
        Assert.Empty(findings);
        Assert.Equal(18_000UL, last.Entries);
    }

    [Fact]
    public async Task A_running_silo_says_at_once_when_the_newest_rows_are_cut_off()
    {
        using var captured = new CapturedLog();
        using var sealer = new AuditSealer(_log.Seals, TimeProvider.System, new LoggerFactory([captured]).CreateLogger<AuditSealer>());
        await _log.Write("a");
        await _log.SealAll();
        await sealer.Seal(CancellationToken.None);
        Assert.DoesNotContain(captured.Lines, line => line.StartsWith("Critical", StringComparison.Ordinal));

        await _log.Tamper("delete from audit_seals; delete from audit_log");
        await sealer.Seal(CancellationToken.None);

        Assert.Contains(captured.Lines, line => line.StartsWith("Critical", StringComparison.Ordinal) && line.Contains("cut off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_lacks_a_key_of_the_log_does_not_start_and_one_that_has_it_as_a_former_one_does()
    {
        using var other = new AuditKeyRing(new AuditKey(SecretBytes.Random(AuditKey.Size)));
        using var successor = new AuditKeyRing(new AuditKey(SecretBytes.Random(AuditKey.Size)), TestAuditKeys.Ring().Current);
        await _log.Seals.RequireKeys(CancellationToken.None);

        var error = await Assert.ThrowsAsync<KeyException>(() => Store(other).RequireKeys(CancellationToken.None));
        await Store(successor).RequireKeys(CancellationToken.None);

        Assert.Contains("set AUDIT_HMAC_KEY to the key of the other processes", error.Message, StringComparison.Ordinal);
        Assert.Contains(TestAuditKeys.Ring().Current.Id, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_change_of_keys_what_the_former_one_sealed_is_still_verified()
    {
        using var successor = new AuditKeyRing(new AuditKey(SecretBytes.Random(AuditKey.Size)), TestAuditKeys.Ring().Current);
        await _log.Write("a");
        await _log.SealAll();
        await _log.Write("b");
        while (await Store(successor).SealNext(CancellationToken.None) is null)
        {
            await Task.Yield();
        }

        Assert.Empty((await _log.Verify(keys: successor)).Findings);
        Assert.Contains((await _log.Verify()).Findings, found => found.Text.Contains("a former key is not configured", StringComparison.Ordinal));
        await _log.Tamper("update audit_log set operation = 'wallet.create' where audit_id = 1");
        Assert.Equal("entry 1 was changed, or inserted by hand: its MAC is not that of its content", Assert.Single((await _log.Verify(keys: successor)).Findings).Text);
    }

    [Fact]
    public async Task Rows_from_before_there_were_macs_are_vouched_for_from_the_first_seal_on()
    {
        await using var database = await (await PostgresServer.Shared()).CreateEmptyDatabase();
        var before = MigrationCatalog.Embedded.TakeWhile(migration => !migration.Name.EndsWith("_audit", StringComparison.Ordinal)).ToArray();
        await Migrate(database, before);
        await database.Execute("insert into audit_log (at, caller_id, caller_name, operation, subject_type, subject_key, request_id, detail) select now(), 'a', 'b', 'c', 'd', n::text, 'f', '{\"x\": 1}' from generate_series(1, 3) n");
        await Migrate(database, MigrationCatalog.Embedded);
        var log = AuditFixture.On(database);
        await log.Write("new");
        await log.SealAll();
        Assert.Empty((await log.Verify()).Findings);

        await log.Tamper("alter table audit_log drop constraint audit_log_mac_is_there; update audit_log set caller_id = 'z' where audit_id = 2");

        Assert.Equal("entry 2 was changed", Assert.Single((await log.Verify()).Findings).Text);
    }

    private static Task Migrate(TestDatabase database, IReadOnlyList<Migration> migrations) =>
        new SchemaMigrator(database.Source, migrations, TimeProvider.System, NullLogger<SchemaMigrator>.Instance).Migrate(CancellationToken.None);

    private SealStore Store(AuditKeyRing keys) => new(_log.Database.Source, keys, TimeProvider.System);
}
