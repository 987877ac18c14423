using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Access;

public sealed class PrincipalTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private AccessSilo _silo = null!;
    private Caller _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _silo = await AccessSilo.Start(_database);
        _owner = await _silo.AddKey("root", Role.Owner);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_principal_is_made_bound_listed_and_unbound_each_with_an_audit_row()
    {
        await _silo.Create("shop", _owner);
        await _silo.Grant("shop", Role.Operator, _owner, AccessSilo.Wallet("hot"));
        var bound = await _silo.Call<Principal>(new GetPrincipalRequest { PrincipalId = "shop" }, _owner);
        var listed = await _silo.Call<ListPrincipalsReply>(new ListPrincipalsRequest(), _owner);
        var unbound = await _silo.Revoke("shop", Role.Operator, _owner, AccessSilo.Wallet("hot"));

        var binding = Assert.Single(bound.Bindings);
        Assert.Equal((Role.Operator, "hot", Effect.Allow, _owner.Id), (binding.Role, binding.Scope.Id, binding.Effect, binding.GrantedBy));
        Assert.Equal(["root", "shop"], listed.Principals.Select(principal => principal.PrincipalId));
        Assert.Empty(unbound.Bindings);
        Assert.Equal(3, await _database.Scalar<long>($"select count(*) from audit_log where subject_type = 'principal' and subject_key = 'shop' and caller_id = '{_owner.Id}'"));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Who_may_not_manage_access_grants_nothing(Role role)
    {
        var caller = await _silo.AddKey("clerk", role);
        await _silo.Create("shop", _owner);

        await Refused(StatusCode.PermissionDenied, "MANAGE_ACCESS", () => _silo.Grant("shop", Role.Viewer, caller));
    }

    [Fact]
    public async Task Nobody_grants_more_than_they_have_by_role_by_key_or_by_scope()
    {
        var admin = await _silo.AddKey("admin", Role.Admin);
        var narrow = await _silo.AddKey("narrow", Role.Owner, Permission.ManageAccess, Permission.ViewBalance);
        await _silo.Create("team", _owner);
        await _silo.Grant("team", Role.Admin, _owner, AccessSilo.Project("acme"));
        await _database.Execute("insert into api_keys (key_id, name, key_hash, created_at, principal_id) values ('key-team', 'team', sha256('team'), now(), 'team')");
        var team = new Caller("key-team", "team");
        await _silo.Create("shop", _owner);

        await Refused(StatusCode.PermissionDenied, "EXPORT_KEY", () => _silo.Grant("shop", Role.Owner, admin));
        await Refused(StatusCode.PermissionDenied, "SEND_TOKENS", () => _silo.Grant("shop", Role.Operator, narrow));
        await Refused(StatusCode.PermissionDenied, "lacks", () => _silo.Grant("shop", Role.Viewer, team));
        await Refused(StatusCode.PermissionDenied, "lacks", () => _silo.Grant("shop", Role.Viewer, team, AccessSilo.Project("other")));
        await _silo.Grant("shop", Role.Admin, admin);
        var bound = await _silo.Grant("shop", Role.Admin, team, AccessSilo.Project("acme"));
        Assert.Equal(2, bound.Bindings.Count);
    }

    [Fact]
    public async Task A_project_that_is_partly_denied_is_not_granted_as_a_whole()
    {
        var admin = await _silo.AddKey("admin", Role.Admin);
        await _silo.Grant("admin", Role.Operator, _owner, AccessSilo.Wallet("acme-cold"), Effect.Deny);
        await _silo.Create("shop", _owner);

        await Refused(StatusCode.PermissionDenied, "SEND_TOKENS", () => _silo.Grant("shop", Role.Operator, admin, AccessSilo.Project("acme")));
        await Refused(StatusCode.PermissionDenied, "SEND_TOKENS", () => _silo.Revoke("admin", Role.Operator, admin, AccessSilo.Wallet("acme-cold"), Effect.Deny));
        await _silo.Grant("shop", Role.Operator, admin, AccessSilo.Wallet("acme-hot"));
    }

    [Fact]
    public async Task Who_has_less_does_not_change_who_has_more()
    {
        var admin = await _silo.AddKey("admin", Role.Admin);

        await Refused(StatusCode.PermissionDenied, "who has less", () => _silo.Grant("root", Role.Viewer, admin, effect: Effect.Deny));
        await Refused(StatusCode.PermissionDenied, "EXPORT_KEY", () => _silo.Revoke("root", Role.Owner, admin));
    }

    [Fact]
    public async Task The_last_owner_is_neither_removed_nor_denied_and_of_two_either_may_go()
    {
        await Refused(StatusCode.FailedPrecondition, "no owner", () => _silo.Revoke("root", Role.Owner, _owner));
        await Refused(StatusCode.FailedPrecondition, "no owner", () => _silo.Grant("root", Role.Viewer, _owner, effect: Effect.Deny));
        await _silo.Create("keyless", _owner);
        await _silo.Grant("keyless", Role.Owner, _owner);
        await Refused(StatusCode.FailedPrecondition, "no owner", () => _silo.Revoke("root", Role.Owner, _owner));

        var second = await _silo.AddKey("second", Role.Owner);
        await _silo.Revoke("root", Role.Owner, second);

        await Refused(StatusCode.FailedPrecondition, "no owner", () => _silo.Revoke("second", Role.Owner, second));
    }

    [Fact]
    public async Task Two_owners_who_remove_each_other_at_once_from_two_silos_leave_one()
    {
        await using var other = await AccessSilo.Start(_database);
        var second = await _silo.AddKey("second", Role.Owner);

        var outcomes = await Task.WhenAll(
            Outcome(() => _silo.Revoke("second", Role.Owner, _owner)),
            Outcome(() => other.Revoke("root", Role.Owner, second)));

        Assert.Equal(1, outcomes.Count(done => done));
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from role_bindings where role = 'owner'"));
    }

    [Fact]
    public async Task A_request_made_again_gives_the_first_answer_and_changes_nothing()
    {
        await _silo.Create("shop", _owner);
        var request = new GrantRoleRequest { RequestId = "grant-1", PrincipalId = "shop", Role = Role.Viewer, Scope = AccessSilo.Everything };

        var first = await _silo.Call<Principal>(request.Clone(), _owner);
        var again = await _silo.Call<Principal>(request.Clone(), _owner);

        Assert.Equal(first, again);
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from audit_log where operation = 'principal.grant'"));
    }

    [Fact]
    public async Task What_is_no_principal_role_or_scope_is_refused()
    {
        await Refused(StatusCode.InvalidArgument, "principal_id", () => _silo.Create("Shop!", _owner));
        await Refused(StatusCode.NotFound, "no principal ghost", () => _silo.Grant("ghost", Role.Viewer, _owner));
        await Refused(StatusCode.InvalidArgument, "role", () => _silo.Grant("root", Role.Unspecified, _owner));
        await Refused(StatusCode.InvalidArgument, "scope", () => _silo.Grant("root", Role.Viewer, _owner, new Scope { Kind = ScopeKind.Wallet }));
        await Refused(StatusCode.InvalidArgument, "scope", () => _silo.Grant("root", Role.Viewer, _owner, new Scope { Kind = ScopeKind.Everything, Id = "x" }));
        await Refused(StatusCode.NotFound, "no binding", () => _silo.Revoke("root", Role.Viewer, _owner));
        await Refused(StatusCode.AlreadyExists, "root", () => _silo.Create("root", _owner));
    }

    private static async Task Refused(StatusCode status, string reason, Func<Task> action)
    {
        var error = await Assert.ThrowsAsync<ClusterException>(action);
        Assert.Equal(status, error.Status);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> Outcome(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (ClusterException error) when (error.Status is StatusCode.Aborted or StatusCode.FailedPrecondition or StatusCode.PermissionDenied)
        {
            return false;
        }
    }
}
