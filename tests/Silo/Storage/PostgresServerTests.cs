using Cluster.Tests.Support;
using Npgsql;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task Every_database_has_the_schema_and_nothing_of_another_test()
    {
        await using var first = await TestDatabase.Create();
        await using var second = await TestDatabase.Create();

        await first.Execute("insert into wallets (wallet_id, kind, address, created_at) values ('a', 'user', decode(repeat('00', 32), 'hex'), now())");

        Assert.Equal(1, await first.Scalar<long>("select count(*) from wallets"));
        Assert.Equal(0, await second.Scalar<long>("select count(*) from wallets"));
    }

    [Fact]
    public async Task What_was_committed_before_the_server_was_killed_is_there_after_its_restart()
    {
        await using var server = await PostgresServer.Start();
        await using var database = await server.CreateEmptyDatabase();
        await database.Execute("create table kept (n integer); insert into kept values (7)");

        await server.Kill();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => database.Execute("select 1"));
        await server.Restart();

        Assert.Equal(7, await database.Scalar<int>("select n from kept"));
    }
}
