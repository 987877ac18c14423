using System.Security.Cryptography;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Audit;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed class ApiKeyStoreTests : IAsyncLifetime
{
    private static readonly Call Call = new(new Caller("admin", "Ada", "10.0.0.1"), "request-1");

    private readonly FakeTimeProvider _clock = new();
    private TestDatabase _database = null!;
    private ApiKeyStore _keys = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _keys = new ApiKeyStore(_database.Open(_clock), _clock);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_key_is_found_by_its_hash_and_by_nothing_else()
    {
        var key = Key("ops", Permission.SendTokens, Permission.ViewBalance);

        await _keys.Insert(key, Role.Viewer, Call);

        var found = await _keys.FindByHash(key.KeyHash, CancellationToken.None);
        Assert.NotNull(found);
        Assert.Equal("ops", found.KeyId);
        Assert.Equal([Permission.ViewBalance, Permission.SendTokens], found.Permissions!.Order());
        Assert.Equal(_clock.GetUtcNow(), found.CreatedAt);
        Assert.True(found.IsValidAt(_clock.GetUtcNow()));
        Assert.Null(await _keys.FindByHash(SHA256.HashData("other"u8), CancellationToken.None));
    }

    [Fact]
    public async Task Making_a_key_leaves_an_audit_row_that_names_caller_and_permissions()
    {
        await _keys.Insert(Key("ops", Permission.SendTokens), Role.Viewer, Call);

        var entry = Assert.Single(await new AuditStore(_database.Open()).List(new AuditQuery(Subject: new GrainId("api_key", "ops")), null, 10, CancellationToken.None));
        Assert.Equal(("api_key.create", "admin", "Ada", "10.0.0.1", "request-1"), (entry.Row.Operation, entry.Row.Caller.Id, entry.Row.Caller.Name, entry.Row.Caller.Address, entry.Row.RequestId));
        Assert.Equal("""{"name":"Key ops","permissions":"SEND_TOKENS"}""", entry.Row.Detail);
    }

    [Fact]
    public async Task A_taken_id_is_refused_and_leaves_no_audit_row()
    {
        await _keys.Insert(Key("ops"), Role.Viewer, Call);

        var error = await Assert.ThrowsAsync<ClusterException>(() => _keys.Insert(Key("ops") with { KeyHash = SHA256.HashData("x"u8) }, Role.Viewer, Call));

        Assert.Equal((StatusCode.AlreadyExists, "There is an API key ops already; choose another id."), (error.Status, error.Message));
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from audit_log"));
    }

    [Fact]
    public async Task Of_twenty_processes_that_start_at_once_one_makes_the_first_key()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => _keys.InsertFirst(Key($"admin-{n}"), Call)));

        Assert.Single(made, true);
        Assert.Single(await _keys.List(CancellationToken.None));
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_and_keeps_the_moment_it_was_revoked()
    {
        var key = Key("ops");
        await _keys.Insert(key, Role.Viewer, Call);
        var revoked = _clock.GetUtcNow();

        await _keys.Revoke("ops", Call);
        _clock.Advance(TimeSpan.FromDays(1));
        await _keys.Revoke("ops", Call);

        var found = await _keys.FindByHash(key.KeyHash, CancellationToken.None);
        Assert.Equal(revoked, found!.RevokedAt);
        Assert.False(found.IsValidAt(revoked));
    }

    [Fact]
    public async Task Revoking_an_unknown_key_says_so()
    {
        var error = await Assert.ThrowsAsync<ClusterException>(() => _keys.Revoke("ghost", Call));

        Assert.Equal((StatusCode.NotFound, "There is no API key ghost."), (error.Status, error.Message));
    }

    [Fact]
    public void A_key_expires_at_its_moment_not_after_it()
    {
        var now = _clock.GetUtcNow();
        var key = Key("ops") with { ExpiresAt = now };

        Assert.True(key.IsValidAt(now.AddTicks(-1)));
        Assert.False(key.IsValidAt(now));
    }

    [Fact]
    public async Task A_permission_of_a_newer_build_allows_nothing_here()
    {
        var key = Key("ops", Permission.ViewBalance);
        await _keys.Insert(key, Role.Viewer, Call);
        await _database.Execute("update api_keys set permissions = permissions || '{LAUNCH_ROCKETS}'");

        var found = await _keys.FindByHash(key.KeyHash, CancellationToken.None);

        Assert.Equal([Permission.ViewBalance], found!.Permissions);
    }

    [Fact]
    public async Task The_audit_log_is_read_in_pages_newest_first()
    {
        foreach (var n in Enumerable.Range(1, 5))
        {
            await _keys.Insert(Key($"key-{n}"), Role.Viewer, Call);
        }

        var audit = new AuditStore(_database.Open());
        var first = await audit.List(new AuditQuery(), null, 2, CancellationToken.None);
        var second = await audit.List(new AuditQuery(), first[^1].AuditId, 2, CancellationToken.None);

        Assert.Equal(["key-5", "key-4"], first.Select(entry => entry.Row.Subject.Key));
        Assert.Equal(["key-3", "key-2"], second.Select(entry => entry.Row.Subject.Key));
    }

    private ApiKey Key(string id, params Permission[] permissions) => new(
        id,
        $"Key {id}",
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)),
        permissions.ToHashSet(),
        _clock.GetUtcNow());
}
