using Cluster.Gateway.Access;
using Cluster.Silo.Grains.Access;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Storage.Access;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class AdministratorKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-admin-").FullName;

    private string StateDirectory => Path.Combine(_folder, "state");

    private string File => Path.Combine(StateDirectory, AdministratorKey.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_is_made_at_first_start_and_only_its_owner_can_read_it()
    {
        await using var database = await TestDatabase.Create();

        await Ensure(database);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(StateDirectory));
        Assert.True(ApiKeyText.TryParse((await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).Trim(), out var key));
        var stored = Assert.Single(await Store(database).List(TestContext.Current.CancellationToken));
        Assert.Equal(key.Id, stored.KeyId);
        Assert.Null(stored.Permissions);
        Assert.Equal(1, await database.Scalar<long>($"select count(*) from role_bindings where principal_id = '{key.Id}' and role = 'owner' and scope_kind = 'everything'"));
        Assert.Equal([File], Directory.GetFiles(StateDirectory));
    }

    [Fact]
    public async Task A_second_start_leaves_it_as_it_is_even_where_the_file_was_moved_away()
    {
        await using var database = await TestDatabase.Create();
        await Ensure(database);
        var key = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        await Ensure(database);
        Assert.Equal(key, await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));

        System.IO.File.Delete(File);
        await Ensure(database);

        Assert.False(System.IO.File.Exists(File));
        Assert.Single(await Store(database).List(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_start_that_died_between_file_and_database_goes_on_with_the_file()
    {
        await using var before = await TestDatabase.Create();
        await Ensure(before);
        var key = (await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).Trim();
        await using var database = await TestDatabase.Create();

        await Ensure(database);

        Assert.Contains(Assert.Single(await Store(database).List(TestContext.Current.CancellationToken)).KeyId, key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_gateways_that_start_at_once_on_one_database_one_makes_the_key()
    {
        await using var database = await TestDatabase.Create();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Ensure(database, Path.Combine(_folder, $"{i}"))));

        Assert.Single(await Store(database).List(TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(_folder, AdministratorKey.FileName, SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_that_others_can_read_or_that_holds_no_key_stops_the_start()
    {
        await using var database = await TestDatabase.Create();
        Directory.CreateDirectory(StateDirectory);
        await System.IO.File.WriteAllTextAsync(File, ApiKeyText.Create().Text, TestContext.Current.CancellationToken);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var readable = await Assert.ThrowsAsync<InvalidConfigurationException>(() => Ensure(database));

        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await System.IO.File.WriteAllTextAsync(File, "no key", TestContext.Current.CancellationToken);
        var useless = await Assert.ThrowsAsync<InvalidConfigurationException>(() => Ensure(database));

        Assert.Contains("chmod 600", readable.Message, StringComparison.Ordinal);
        Assert.Contains("holds no API key", useless.Message, StringComparison.Ordinal);
        Assert.Empty(await Store(database).List(TestContext.Current.CancellationToken));
    }

    private static ApiKeyStore Store(TestDatabase database) => new(database.Open(), TimeProvider.System);

    private Task Ensure(TestDatabase database, string? stateDirectory = null) => new AdministratorKey(
        Store(database),
        new ClusterOptions { StateDirectory = stateDirectory ?? StateDirectory },
        TimeProvider.System,
        NullLogger<AdministratorKey>.Instance).Ensure(TestContext.Current.CancellationToken);
}
