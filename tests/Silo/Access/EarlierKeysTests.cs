using Cluster.Silo.Grains.Access;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Schema;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Silo.Access;

public sealed class EarlierKeysTests
{
    /// <summary>The last schema without principals.</summary>
    private const int LastBefore = 4;

    [Fact]
    public async Task Keys_from_before_there_were_roles_open_what_they_did_and_nothing_more()
    {
        await using var database = await (await PostgresServer.Shared()).CreateEmptyDatabase();
        await Migrate(database, [.. MigrationCatalog.Embedded.Where(migration => migration.Version <= LastBefore)]);
        await database.Execute(
            """
            insert into api_keys (key_id, name, key_hash, permissions, created_at, revoked_at) values
              ('admin', 'administrator', sha256('a'), '{VIEW_BALANCE,SEND_TOKENS,SIGN_TRANSACTION,CREATE_WALLET,MANAGE_WALLET,VIEW_CAMPAIGN,MANAGE_CAMPAIGN,RUN_CAMPAIGN,VIEW_CLUSTER}', now(), null),
              ('shop', 'shop', sha256('b'), '{VIEW_BALANCE,SEND_TOKENS}', now(), null),
              ('maker', 'maker', sha256('c'), '{CREATE_WALLET}', now(), null),
              ('nothing', 'nothing', sha256('d'), '{}', now(), null),
              ('gone', 'gone', sha256('e'), '{VIEW_BALANCE}', now(), now())
            """);

        await Migrate(database, MigrationCatalog.Embedded);

        var book = await new AccessStore(database.Open()).Load(CancellationToken.None);
        Assert.Equal(["admin", "maker", "nothing", "shop"], book.Keys.Keys.Order());
        Assert.Equal(PermissionSet.All.Order(), Opened(book, "admin"));
        Assert.Equal([Permission.ViewBalance, Permission.SendTokens], Opened(book, "shop"));
        Assert.Equal([Permission.CreateWallet], Opened(book, "maker"));
        Assert.Empty(Opened(book, "nothing"));
        Assert.Equal(
            [("admin", Role.Owner), ("gone", Role.Viewer), ("maker", Role.Admin), ("nothing", Role.Viewer), ("shop", Role.Operator)],
            book.Bindings.SelectMany(bindings => bindings).Select(binding => (binding.PrincipalId, binding.Role)).Order());
    }

    private static List<Permission> Opened(AccessBook book, string keyId)
    {
        var grants = Grants.Of(book.Bindings[keyId], book.Keys[keyId].Permissions);
        return [.. PermissionSet.All.Where(grants.AllowsEverywhere).Order()];
    }

    private static Task Migrate(TestDatabase database, IReadOnlyList<Migration> migrations) =>
        new SchemaMigrator(database.Source, migrations, TimeProvider.System, NullLogger<SchemaMigrator>.Instance).Migrate(CancellationToken.None);
}
