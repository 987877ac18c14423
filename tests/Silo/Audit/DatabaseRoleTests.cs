using Cluster.Gateway.Hosting;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Cluster.Silo.Storage.Schema;
using Cluster.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Cluster.Tests.Silo.Audit;

/// <summary>What the role under which the cluster's processes run can do to the audit log, and what nobody can.</summary>
public sealed class DatabaseRoleTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _asApplication = null!;
    private string _role = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _role = $"application_of_{_database.Name}";
        await _database.Execute($"create role {_role} login");
        var output = new StringWriter();
        Assert.Equal(0, await MigrateCommand.Run(["--grant-to", _role], output, Configuration(_database.ConnectionString)));
        Assert.Contains(_role, output.ToString(), StringComparison.Ordinal);
        _asApplication = NpgsqlDataSource.Create(AsApplication);
    }

    public async ValueTask DisposeAsync()
    {
        await _asApplication.DisposeAsync();
        await _database.Execute($"drop owned by {_role}; drop role {_role}");
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_application_can_write_seal_and_read_audit_rows()
    {
        var books = new Database(_asApplication, TimeProvider.System, TestAuditKeys.Ring());
        var seals = new SealStore(_asApplication, TestAuditKeys.Ring(), TimeProvider.System);
        await seals.RequireKeys(CancellationToken.None);
        var changes = books.Change();
        changes.Audit(new Call(new Caller("key-1", "Ada"), "r"), "wallet.transfer", new GrainId("wallet", "a"));
        await books.Commit(changes, CancellationToken.None);
        AuditSeal? seal;
        while ((seal = await seals.SealNext(CancellationToken.None)) is null)
        {
            await Task.Yield();
        }

        Assert.Single(seal.AuditIds);
        Assert.Single(await new AuditStore(books).List(new AuditQuery(), null, 10, CancellationToken.None));
    }

    [Theory]
    [InlineData("update audit_log set detail = '{}'")]
    [InlineData("delete from audit_log")]
    [InlineData("truncate audit_log")]
    [InlineData("update audit_seals set head = head")]
    [InlineData("delete from audit_seals")]
    [InlineData("truncate audit_seals")]
    [InlineData("delete from audit_keys")]
    [InlineData("update schema_migrations set name = name")]
    [InlineData("alter table audit_log disable trigger all")]
    [InlineData("drop trigger audit_log_is_kept on audit_log")]
    [InlineData("drop table audit_seals")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("create table anything (n integer)")]
    public async Task The_application_is_refused_what_would_rewrite_the_log(string statement)
    {
        await using var command = _asApplication.CreateCommand(statement);

        var error = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
    }

    [Theory]
    [InlineData("update audit_log set detail = '{}'")]
    [InlineData("delete from audit_log")]
    [InlineData("truncate audit_log")]
    [InlineData("delete from audit_seals")]
    public async Task Even_the_owner_is_refused_until_he_has_taken_the_trigger_away(string statement)
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => _database.Execute(statement));

        Assert.Contains("rows are only ever added", error.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_application_starts_on_a_schema_that_is_up_to_date_and_says_who_must_migrate_one_that_is_not()
    {
        await Migrator(MigrationCatalog.Embedded).Migrate(CancellationToken.None);
        var next = MigrationCatalog.Embedded.Append(new Migration(MigrationCatalog.Embedded.Count + 1, "9999_next", "create table next (n integer)")).ToArray();

        var error = await Assert.ThrowsAsync<SchemaException>(() => Migrator(next).Migrate(CancellationToken.None));

        Assert.Contains($"the role {_role} may not change it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_a_sentence()
    {
        var error = await Assert.ThrowsAsync<SchemaException>(() => MigrateCommand.Run(["--grant-to", "nobody_at_all"], new StringWriter(), Configuration(_database.ConnectionString)));

        Assert.Contains("create role nobody_at_all", error.Message, StringComparison.Ordinal);
    }

    private string AsApplication => new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = _role }.ConnectionString;

    private static IConfiguration Configuration(string connectionString) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Cluster"] = connectionString, [AuditKeyRing.KeySetting] = TestAuditKeys.Text })
        .Build();

    private SchemaMigrator Migrator(IReadOnlyList<Migration> migrations) =>
        new(_asApplication, migrations, TimeProvider.System, NullLogger<SchemaMigrator>.Instance);
}
