using Cluster.Silo.Grains.Access;
using Cluster.Silo.Storage.Access;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Access;

public sealed class GrantsTests
{
    private static readonly AccessScope Project = new(ScopeKind.Project, "acme");
    private static readonly AccessScope Wallet = new(ScopeKind.Wallet, "acme-hot");
    private static readonly Resource Hot = new("acme-hot", "acme");
    private static readonly Resource Other = new("other", "other");

    [Fact]
    public void Nothing_is_allowed_that_no_binding_allows()
    {
        var none = Grants.Of([], narrowedTo: null);
        var project = Of(Bind(Role.Owner, Project));

        Assert.All(PermissionSet.All, permission =>
        {
            Assert.False(none.AllowsEverywhere(permission));
            Assert.False(none.Allows(permission, Hot));
            Assert.True(project.Allows(permission, Hot));
            Assert.False(project.Allows(permission, Other));
            Assert.False(project.AllowsEverywhere(permission));
        });
    }

    [Fact]
    public void A_denial_wins_over_every_allowance_wherever_either_is_bound()
    {
        AccessScope[] scopes = [AccessScope.Everything, Project, Wallet];
        foreach (var allowed in scopes)
        {
            foreach (var denied in scopes)
            {
                var grants = Of(Bind(Role.Owner, allowed), Bind(Role.Operator, denied, Effect.Deny));

                Assert.False(grants.Allows(Permission.SendTokens, Hot));
                Assert.False(grants.AllowsEverywhere(Permission.SendTokens));
                Assert.True(grants.Allows(Permission.ExportKey, Hot));
            }
        }
    }

    [Fact]
    public void A_denial_on_one_wallet_leaves_the_others_open_and_closes_what_is_about_everything()
    {
        var grants = Of(Bind(Role.Admin, AccessScope.Everything), Bind(Role.Viewer, Wallet, Effect.Deny));

        Assert.True(grants.Allows(Permission.ViewBalance, Other));
        Assert.False(grants.Allows(Permission.ViewBalance, Hot));
        Assert.False(grants.AllowsEverywhere(Permission.ViewBalance));
        Assert.True(grants.AllowsEverywhere(Permission.SendTokens));
    }

    [Fact]
    public void The_permissions_of_a_key_narrow_and_never_widen()
    {
        var bindings = new[] { Bind(Role.Viewer, AccessScope.Everything) };

        var grants = Grants.Of(bindings, new HashSet<Permission> { Permission.ViewBalance, Permission.SendTokens });

        Assert.True(grants.AllowsEverywhere(Permission.ViewBalance));
        Assert.False(grants.AllowsEverywhere(Permission.ViewCampaign));
        Assert.False(grants.AllowsEverywhere(Permission.SendTokens));
    }

    [Fact]
    public void Each_role_holds_what_the_one_before_it_does_and_the_owner_everything()
    {
        foreach (var (smaller, larger) in Roles.All.Zip(Roles.All.Skip(1)))
        {
            Assert.True(Roles.PermissionsOf(smaller).Except(Roles.PermissionsOf(larger)).IsEmpty);
            Assert.NotEqual(Roles.PermissionsOf(smaller), Roles.PermissionsOf(larger));
        }

        Assert.Equal(PermissionSet.Of(PermissionSet.All), Roles.PermissionsOf(Role.Owner));
        Assert.True(Roles.PermissionsOf(Role.Unspecified).IsEmpty);
        Assert.False(Roles.PermissionsOf(Role.Admin).Has(Permission.ExportKey));
    }

    private static Grants Of(params RoleBinding[] bindings) => Grants.Of(bindings, narrowedTo: null);

    private static RoleBinding Bind(Role role, AccessScope scope, Effect effect = Effect.Allow) =>
        new("ada", role, scope, effect, "test", DateTimeOffset.UnixEpoch);
}
