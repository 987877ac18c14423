using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>Lists who may do what.</summary>
/// <param name="access">Holds it.</param>
internal sealed class AccessQueries(AccessStore access)
{
    private const string PrincipalsList = "principals";

    private readonly ListRolesReply _roles = DescribeRoles();

    public async Task<ListPrincipalsReply> ListPrincipals(ListPrincipalsRequest request, Call call)
    {
        var size = PageToken.PageSize(request.PageSize);
        var after = PageToken.Read(PrincipalsList, 1, request.PageToken)?[0] ?? "";
        var book = await access.Load(call.Cancellation);
        var found = book.Principals.Values
            .Where(principal => string.CompareOrdinal(principal.PrincipalId, after) > 0)
            .OrderBy(principal => principal.PrincipalId, StringComparer.Ordinal)
            .Take(size + 1)
            .ToList();
        var reply = new ListPrincipalsReply();
        reply.Principals.AddRange(found.Take(size).Select(principal => AccessMessages.Of(principal, book.Bindings[principal.PrincipalId])));
        if (found.Count > size)
        {
            reply.NextPageToken = PageToken.Write(PrincipalsList, found[size - 1].PrincipalId);
        }

        return reply;
    }

    public Task<ListRolesReply> ListRoles(ListRolesRequest request, Call call) => Task.FromResult(_roles.Clone());

    private static ListRolesReply DescribeRoles()
    {
        var reply = new ListRolesReply();
        foreach (var role in Roles.All)
        {
            var description = new RoleDescription { Role = role };
            description.Permissions.AddRange(Roles.PermissionsOf(role).ToPermissions());
            reply.Roles.Add(description);
        }

        return reply;
    }
}
