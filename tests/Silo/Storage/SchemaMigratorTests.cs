using Cluster.Silo.Storage.Schema;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed class SchemaMigratorTests
{
    private static readonly Migration First = new(1, "0001_first", "create table first (n integer)");
    private static readonly Migration Second = new(2, "0002_second", "create table second (n integer); insert into second values (1)");

    [Fact]
    public async Task An_empty_database_goes_through_every_step_in_order()
    {
        await using var database = await EmptyDatabase();

        await Migrate(database.Source, First, Second);

        Assert.Equal("0001_first,0002_second", await database.Scalar<string>("select string_agg(name, ',' order by version) from schema_migrations"));
        Assert.Equal(1, await database.Scalar<long>("select count(*) from second"));
    }

    [Fact]
    public async Task Only_what_is_missing_is_applied()
    {
        await using var database = await EmptyDatabase();
        await Migrate(database.Source, First);

        await Migrate(database.Source, First, Second);
        await Migrate(database.Source, First, Second);

        Assert.Equal(1, await database.Scalar<long>("select count(*) from second"));
    }

    [Fact]
    public async Task Twenty_processes_that_start_at_once_apply_each_step_once()
    {
        await using var database = await EmptyDatabase();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var source = NpgsqlDataSource.Create(database.ConnectionString);
            await Migrate(source, First, Second);
        }));

        Assert.Equal(1, await database.Scalar<long>("select count(*) from second"));
        Assert.Equal(2, await database.Scalar<long>("select count(*) from schema_migrations"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_of_itself_and_names_its_file()
    {
        await using var database = await EmptyDatabase();
        var broken = new Migration(2, "0002_broken", "create table half (n integer); select 1 / 0");

        var error = await Assert.ThrowsAsync<SchemaException>(() => Migrate(database.Source, First, broken));

        Assert.Equal("Migration 0002_broken failed and was rolled back: division by zero", error.Message);
        Assert.Equal(1, await database.Scalar<long>("select count(*) from schema_migrations"));
        Assert.Equal(0, await database.Scalar<long>("select count(*) from pg_tables where tablename = 'half'"));
    }

    [Fact]
    public async Task A_file_changed_after_it_was_applied_stops_the_start()
    {
        await using var database = await EmptyDatabase();
        await Migrate(database.Source, First, Second);

        var error = await Assert.ThrowsAsync<SchemaException>(() =>
            Migrate(database.Source, First with { Sql = "create table first (n bigint)" }, Second));

        Assert.StartsWith("Migration 0001_first of this build is not the 0001_first that the database has been through", error.Message);
    }

    [Fact]
    public async Task Line_ends_of_a_checkout_change_nothing()
    {
        await using var database = await EmptyDatabase();
        await Migrate(database.Source, First with { Sql = "create table first (\n  n integer)" });

        await Migrate(database.Source, First with { Sql = "create table first (\r\n  n integer)" });
    }

    [Fact]
    public async Task A_database_newer_than_the_build_stops_the_start()
    {
        await using var database = await EmptyDatabase();
        await Migrate(database.Source, First, Second);

        var error = await Assert.ThrowsAsync<SchemaException>(() => Migrate(database.Source, First));

        Assert.Equal(
            "The database is newer than this build: it has been through migration 0002_second, and this build knows only those up to 0001_first. Start the build that made the database, or a newer one.",
            error.Message);
    }

    [Fact]
    public async Task A_history_with_a_gap_stops_the_start()
    {
        await using var database = await EmptyDatabase();
        await Migrate(database.Source, First, Second);
        await database.Execute("delete from schema_migrations where version = 1");

        var error = await Assert.ThrowsAsync<SchemaException>(() => Migrate(database.Source, First, Second));

        Assert.StartsWith("The database has been through migration 0002_second but not through 0001_first", error.Message);
    }

    [Fact]
    public async Task Waiting_for_another_process_ends_with_a_sentence()
    {
        await using var database = await EmptyDatabase();
        await using var other = await database.Source.OpenConnectionAsync();
        await using var hold = new NpgsqlCommand($"select pg_advisory_lock({0x63_6C_75_73_74_65_72})", other);
        await hold.ExecuteNonQueryAsync();

        var error = await Assert.ThrowsAsync<SchemaException>(() => Migrator(database.Source, [First], TimeSpan.FromMilliseconds(50)).Migrate(CancellationToken.None));

        Assert.StartsWith("Another process has been migrating this database for more than", error.Message);
    }

    [Fact]
    public async Task A_database_that_does_not_hold_unicode_is_refused()
    {
        var server = await PostgresServer.Shared();
        await server.Execute("create database latin encoding 'LATIN1' template template0");
        await using var source = NpgsqlDataSource.Create(server.ConnectionString + ";Database=latin;Pooling=false");

        var error = await Assert.ThrowsAsync<SchemaException>(() => Migrate(source, First));

        Assert.StartsWith("The database is encoded as LATIN1", error.Message);
    }

    [Fact]
    public void Numbers_run_from_one_without_gaps()
    {
        var error = Assert.Throws<SchemaException>(() => MigrationCatalog.Order([First, new Migration(3, "0003_third", "")]));

        Assert.Equal(
            "Migration 0003_third stands where number 0002 is due: migrations are numbered from 0001 without gaps or repetitions.",
            error.Message);
        Assert.NotEmpty(MigrationCatalog.Embedded);
    }

    private static async Task<TestDatabase> EmptyDatabase() => await (await PostgresServer.Shared()).CreateEmptyDatabase();

    private static Task Migrate(NpgsqlDataSource source, params Migration[] migrations) =>
        Migrator(source, migrations, TimeSpan.FromMinutes(1)).Migrate(CancellationToken.None);

    private static SchemaMigrator Migrator(NpgsqlDataSource source, Migration[] migrations, TimeSpan lockTimeout) =>
        new(source, migrations, TimeProvider.System, NullLogger<SchemaMigrator>.Instance) { LockTimeout = lockTimeout };
}
