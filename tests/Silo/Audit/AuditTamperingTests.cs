using System.Globalization;
using Xunit;

namespace Cluster.Tests.Silo.Audit;

/// <summary>Whatever is done to a log by chance is found; whatever honest writers do at once is not.</summary>
public sealed class AuditTamperingTests : IAsyncLifetime
{
    private const int Seed = 20_261_120;
    private const int Cases = 250;

    /// <summary>Seals and verifications to be made while others write.</summary>
    private const int Enough = 5;

    private static readonly string[] RowChanges =
    [
        "at = at - interval '1 second'", "entry_id = gen_random_uuid()", "caller_id = caller_id || 'x'", "caller_name = ''", "caller_role = 'owner'",
        "caller_address = '10.9.9.9'", "user_agent = user_agent || ' '", "operation = 'wallet.create'", "subject_type = 'campaign'",
        "subject_key = subject_key || '0'", "request_id = ''", "detail = '{\"amount\": \"5\"}'", "outcome = 'refused'", "severity = 'medium'",
        "mac = sha256(mac)", "key_id = '0000000000000000'", "transaction_id = '9223372036854775807'", "audit_id = audit_id + 1000",
    ];

    private static readonly string[] SealChanges =
    [
        "sealed_at = sealed_at + interval '1 microsecond'", "horizon = '9'", "restored_id = 1000000", "macs = macs || sha256(macs), audit_ids = audit_ids || 77::bigint",
        "macs = sha256(macs) || substring(macs from 33)", "audit_ids = array_prepend(999::bigint, audit_ids[2:])", "key_id = ''", "head = sha256(head)",
        "seal_number = seal_number + 50",
    ];

    private AuditFixture _log = null!;
    private int _seals;
    private int _verifications;

    public async ValueTask InitializeAsync() => _log = await AuditFixture.Create();

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Random_tampering_is_always_found()
    {
        var random = new Random(Seed);
        for (var seal = 0; seal < 6; seal++)
        {
            await _log.Write(Enumerable.Range(0, 4).Select(number => $"{seal}-{number}"));
            await _log.SealAll();
        }

        await _log.Database.Execute(
            """
            create table kept_log as table audit_log; create table kept_seals as table audit_seals;
            alter table audit_log drop constraint audit_log_mac_is_there, alter audit_id drop identity
            """);
        var (clean, last) = await _log.Verify();
        Assert.Empty(clean);

        for (var number = 0; number < Cases; number++)
        {
            var tampering = Tampering(random);
            await _log.Tamper(tampering);
            var (findings, _) = await _log.Verify(last.Anchor);
            Assert.True(findings.Count > 0, $"case {number} of seed {Seed} was not found: {tampering}");
            await _log.Tamper("delete from audit_log; delete from audit_seals; insert into audit_log select * from kept_log; insert into audit_seals select * from kept_seals");
        }

        Assert.Empty((await _log.Verify(last.Anchor)).Findings);
    }

    [Fact]
    public async Task Writers_a_sealer_and_a_verifier_at_once_raise_no_alarm()
    {
        using var end = new CancellationTokenSource();
        var sealing = Task.WhenAll(Seal(end.Token), Seal(end.Token));
        var verifying = VerifyUntil(end.Token);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(() => WriteMany(writer))));
        await end.CancelAsync();
        await sealing;
        await verifying;
        await _log.SealAll();

        var (findings, last) = await _log.Verify();
        Assert.Empty(findings);
        Assert.Equal((0UL, (ulong)await _log.Database.Scalar<long>("select count(*) from audit_log")), (last.Unsealed, last.Entries));
    }

    private static string Tampering(Random random)
    {
        var id = random.Next(1, 25).ToString(CultureInfo.InvariantCulture);
        var other = random.Next(1, 25).ToString(CultureInfo.InvariantCulture);
        var seal = random.Next(1, 7).ToString(CultureInfo.InvariantCulture);
        return random.Next(7) switch
        {
            0 => $"delete from audit_log where audit_id = {id}",
            1 => $"delete from audit_seals where seal_number = {seal}",
            2 => $"delete from audit_seals where seal_number >= {seal}; delete from audit_log where audit_id > ({seal} - 1) * 4",
            3 => $"create temp table copied as select * from audit_log where audit_id = {id}; update copied set audit_id = 100 + {other}; insert into audit_log select * from copied; drop table copied",
            4 => $"update audit_seals set {SealChanges[random.Next(SealChanges.Length)]} where seal_number = {seal}",
            5 when id != other => $"update audit_log a set mac = b.mac, entry_id = b.entry_id, subject_key = b.subject_key, request_id = b.request_id, at = b.at from audit_log b where a.audit_id = {id} and b.audit_id = {other}",
            _ => $"update audit_log set {RowChanges[random.Next(RowChanges.Length)]} where audit_id = {id}",
        };
    }

    private async Task WriteMany(int writer)
    {
        var random = new Random(Seed + writer);
        for (var round = 0; round < 40 || (round < 5_000 && (Volatile.Read(ref _seals) < Enough || Volatile.Read(ref _verifications) < Enough)); round++)
        {
            switch (random.Next(4))
            {
                case 0:
                    await WriteSlowly($"{writer}-{round}", commits: random.Next(2) == 0);
                    break;
                default:
                    await _log.Write(Enumerable.Range(0, random.Next(1, 6)).Select(number => $"{writer}-{round}-{number}"));
                    break;
            }
        }
    }

    /// <summary>Draws a number, lets others commit greater ones, and then commits or does not.</summary>
    private async Task WriteSlowly(string wallet, bool commits)
    {
        await using var connection = await _log.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changes = _log.Books.Change();
        changes.Audit(new(new("key-2", "Bob"), wallet), "wallet.transfer", new("wallet", wallet));
        changes.Batch.Connection = connection;
        changes.Batch.Transaction = transaction;
        await changes.Batch.ExecuteNonQueryAsync();
        await _log.Write($"{wallet}-meanwhile");
        if (commits)
        {
            await transaction.CommitAsync();
        }
    }

    private async Task Seal(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await _log.Seals.SealNext(CancellationToken.None) is not null)
            {
                Interlocked.Increment(ref _seals);
            }

            await Task.Yield();
        }
    }

    private async Task VerifyUntil(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var (findings, last) = await _log.Verify();
            Assert.Empty(findings);
            Assert.True(last.Done);
            Interlocked.Increment(ref _verifications);
        }
    }
}
