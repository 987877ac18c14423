using Cluster.Silo.Storage;
using Npgsql;

namespace Cluster.Tests.Support;

/// <summary>A database of a test's own; dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;

    internal TestDatabase(PostgresServer server, string name, string connectionString)
    {
        _server = server;
        Name = name;
        ConnectionString = connectionString;
        Source = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>A new database with this build's schema, in the server of the test run.</summary>
    public static async Task<TestDatabase> Create() => await (await PostgresServer.Shared()).CreateDatabase();

    public string Name { get; }

    /// <summary>For whoever opens a pool of its own.</summary>
    public string ConnectionString { get; }

    /// <summary>The test's own pool.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>What silos' code works with.</summary>
    /// <param name="time">Stamps rows.</param>
    public Database Open(TimeProvider? time = null) => new(Source, time ?? TimeProvider.System, TestAuditKeys.Ring());

    /// <summary>Runs one statement.</summary>
    public async Task Execute(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Reads one value.</summary>
    public async Task<T> Scalar<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _server.Execute($"drop database if exists {Name} with (force)");
    }
}
