using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>What each role holds; each holds all that the one before it does.</summary>
public static class Roles
{
    private static readonly PermissionSet Viewer = PermissionSet.Of(
        [Permission.ViewBalance, Permission.ViewCampaign, Permission.ManageSelf]);

    private static readonly PermissionSet Operator = Viewer.Or(PermissionSet.Of(
        [Permission.SendTokens, Permission.SignTransaction, Permission.ManageCampaign, Permission.RunCampaign, Permission.ViewCluster]));

    private static readonly PermissionSet Admin = Operator.Or(PermissionSet.Of(
        [
            Permission.CreateWallet, Permission.ManageWallet, Permission.DeleteWallet, Permission.ViewAccess,
            Permission.ManageAccess, Permission.ManageLimits, Permission.ViewAudit, Permission.ViewKeys,
        ]));

    private static readonly PermissionSet Owner = PermissionSet.Of(PermissionSet.All);

    /// <summary>All roles, the smallest first.</summary>
    public static IReadOnlyList<Role> All { get; } = [Role.Viewer, Role.Operator, Role.Admin, Role.Owner];

    /// <summary>What a role holds; nothing where there is no such role.</summary>
    /// <param name="role">The role.</param>
    public static PermissionSet PermissionsOf(Role role) => role switch
    {
        Role.Viewer => Viewer,
        Role.Operator => Operator,
        Role.Admin => Admin,
        Role.Owner => Owner,
        _ => default,
    };

    /// <summary>The smallest role that holds all of these.</summary>
    /// <param name="permissions">Any.</param>
    public static Role SmallestThatHolds(IEnumerable<Permission> permissions)
    {
        var needed = PermissionSet.Of(permissions);
        return All.First(role => needed.Except(PermissionsOf(role)).IsEmpty);
    }
}
