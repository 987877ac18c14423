using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>
/// A person or a program, and what it may do. Keeps nothing between turns: changes are rare, and each is judged by all
/// bindings as they stand, and committed only where none of them has changed since.
/// </summary>
internal sealed class PrincipalGrain(Database database, AccessStore access, ResourceStore resources) : Grain
{
    public async Task<Principal> CreatePrincipal(CreatePrincipalRequest request, Call call)
    {
        PrincipalIds.Require(request.PrincipalId, request.Name);
        var book = await access.Load(call.Cancellation);
        if (book.Principals.ContainsKey(request.PrincipalId))
        {
            throw new ClusterException(
                StatusCode.AlreadyExists, $"there is a principal {request.PrincipalId} already; choose another principal_id.");
        }

        var principal = new PrincipalRecord(request.PrincipalId, request.Name, Now());
        var changes = database.Change();
        AccessStore.Insert(changes, principal);
        return await Commit(changes, book, AccessMessages.Of(principal, []), "principal.create", new AuditDetail().Add("name", request.Name), call);
    }

    public async Task<Principal> GetPrincipal(GetPrincipalRequest request, Call call) => Message(await access.Load(call.Cancellation));

    public async Task<Principal> GrantRole(GrantRoleRequest request, Call call)
    {
        var book = await access.Load(call.Cancellation);
        Existing(book);
        var binding = new RoleBinding(
            Id.Key,
            AccessMessages.RoleOf(request.Role),
            AccessMessages.ScopeOf(request.Scope),
            AccessMessages.EffectOf(request.Effect),
            call.Caller.Id,
            Now());
        await Require(book, binding, call);
        var after = book with { Bindings = ToLookup([.. All(book).Where(other => !IsSame(other, binding)), binding]) };
        if (binding.Effect == Effect.Deny)
        {
            AccessRules.RequireOwner(after, Now());
        }

        var changes = database.Change();
        AccessStore.Insert(changes, binding);
        return await Commit(changes, book, Message(after), "principal.grant", Detail(binding), call);
    }

    public async Task<Principal> RevokeRole(RevokeRoleRequest request, Call call)
    {
        var book = await access.Load(call.Cancellation);
        Existing(book);
        var wanted = new RoleBinding(
            Id.Key,
            AccessMessages.RoleOf(request.Role),
            AccessMessages.ScopeOf(request.Scope),
            AccessMessages.EffectOf(request.Effect),
            call.Caller.Id,
            Now());
        var binding = book.Bindings[Id.Key].FirstOrDefault(binding => IsSame(binding, wanted))
            ?? throw new ClusterException(
                StatusCode.NotFound,
                $"principal {Id.Key} has no binding {AccessText.Of(wanted.Effect)} {AccessText.Of(wanted.Role)} on {wanted.Scope}.");
        await Require(book, binding, call);
        var after = book with { Bindings = ToLookup([.. All(book).Where(other => !IsSame(other, binding))]) };
        AccessRules.RequireOwner(after, Now());
        var changes = database.Change();
        AccessStore.Delete(changes, binding);
        return await Commit(changes, book, Message(after), "principal.revoke", Detail(binding), call);
    }

    private static bool IsSame(RoleBinding one, RoleBinding other) =>
        (one.PrincipalId, one.Role, one.Scope, one.Effect) == (other.PrincipalId, other.Role, other.Scope, other.Effect);

    private static IEnumerable<RoleBinding> All(AccessBook book) => book.Bindings.SelectMany(bindings => bindings);

    private static ILookup<string, RoleBinding> ToLookup(IEnumerable<RoleBinding> bindings) =>
        bindings.ToLookup(binding => binding.PrincipalId, StringComparer.Ordinal);

    private static AuditDetail Detail(RoleBinding binding) => new AuditDetail()
        .Add("role", AccessText.Of(binding.Role))
        .Add("scope", binding.Scope.ToString())
        .Add("effect", AccessText.Of(binding.Effect));

    private async Task Require(AccessBook book, RoleBinding binding, Call call)
    {
        var rules = new AccessRules(book, call.Caller);
        var project = binding.Scope.Kind == ScopeKind.Wallet ? await resources.FindProject(binding.Scope.Id, call.Cancellation) : null;
        rules.RequireAll(binding.Role, binding.Scope, project);
        rules.RequireNoLess(Id.Key);
    }

    private async Task<Principal> Commit(
        Changes changes, AccessBook book, Principal reply, string operation, AuditDetail detail, Call call)
    {
        AccessStore.Advance(changes, book);
        changes.Audit(call, operation, Id, detail.ToString());
        changes.Answer(call, reply);
        await database.Commit(changes, call.Cancellation);
        return reply;
    }

    private Principal Message(AccessBook book) => AccessMessages.Of(Existing(book), book.Bindings[Id.Key]);

    private PrincipalRecord Existing(AccessBook book) => book.Principals.TryGetValue(Id.Key, out var principal)
        ? principal
        : throw new ClusterException(StatusCode.NotFound, $"there is no principal {Id.Key}.");

    private DateTimeOffset Now() => Activation.Time.GetUtcNow();
}
