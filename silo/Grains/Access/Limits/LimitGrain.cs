using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access.Limits;

/// <summary>One limit on payments. Keeps nothing between turns: the database holds payments to what stands there.</summary>
internal sealed class LimitGrain(
    Database database, AccessStore access, LimitStore limits, ResourceStore resources, SecondFactorStore secondFactors) : Grain
{
    public async Task<Limit> SetLimit(SetLimitRequest request, Call call)
    {
        PrincipalIds.Require(request.LimitId, "", "limit_id");
        var rule = LimitMessages.Read(request, call.Caller.Id, Activation.Time.GetUtcNow());
        if (await limits.Find(Id.Key, call.Cancellation) is { } before)
        {
            await RequireMayManage(before, call);
        }

        await RequireMayManage(rule, call);
        var changes = database.Change();
        LimitStore.Set(changes, rule);
        return await Commit(changes, LimitMessages.Of(rule, await limits.ListDestinations([Id.Key], call.Cancellation)), "limit.set", call);
    }

    public async Task<Limit> RemoveLimit(RemoveLimitRequest request, Call call)
    {
        var rule = await Existing(call);
        await RequireMayManage(rule, call);
        var changes = database.Change();
        LimitStore.Remove(changes, Id.Key);
        return await Commit(changes, LimitMessages.Of(rule, []), "limit.remove", call);
    }

    public async Task<Limit> AllowDestination(AllowDestinationRequest request, Call call)
    {
        var rule = await Existing(call);
        await RequireMayManage(rule, call);
        var listed = new ListedDestination(Id.Key, LimitMessages.AddressOf(request.Address), call.Caller.Id, Activation.Time.GetUtcNow());
        var others = await limits.ListDestinations([Id.Key], call.Cancellation);
        var changes = database.Change();
        LimitStore.Allow(changes, listed);
        var all = others.Any(other => other.Address == listed.Address) ? others : [.. others, listed];
        return await Commit(changes, LimitMessages.Of(rule, all), "limit.allow_destination", call, request.Address);
    }

    public async Task<Limit> DisallowDestination(DisallowDestinationRequest request, Call call)
    {
        var rule = await Existing(call);
        await RequireMayManage(rule, call);
        var address = LimitMessages.AddressOf(request.Address);
        var left = (await limits.ListDestinations([Id.Key], call.Cancellation)).Where(listed => listed.Address != address);
        var changes = database.Change();
        LimitStore.Disallow(changes, Id.Key, address);
        return await Commit(changes, LimitMessages.Of(rule, left), "limit.disallow_destination", call, request.Address);
    }

    /// <summary>Who manages what a limit reaches may change it; a stolen key alone must not lift the limits of who has a second factor.</summary>
    private async Task RequireMayManage(LimitRule rule, Call call)
    {
        var book = await access.Load(call.Cancellation);
        var scope = rule.ScopeKind switch
        {
            LimitScopeKind.Wallet => new AccessScope(ScopeKind.Wallet, rule.ScopeId),
            LimitScopeKind.Project => new AccessScope(ScopeKind.Project, rule.ScopeId),
            _ => AccessScope.Everything,
        };
        var project = scope.Kind == ScopeKind.Wallet ? await resources.FindProject(scope.Id, call.Cancellation) : null;
        if (!AccessRules.GrantsOfKey(book, call.Caller.Id).Allows(Permission.ManageLimits, scope, project))
        {
            throw new ClusterException(
                StatusCode.PermissionDenied, $"limit {Id.Key} needs the permission MANAGE_LIMITS on {scope}, which '{call.Caller.Id}' does not have");
        }

        if (!call.Caller.HasSecondFactor
            && await secondFactors.Find(book.Keys[call.Caller.Id].PrincipalId, call.Cancellation) is { IsActive: true })
        {
            throw SecondFactorChallenge.Of("who has one proves it to change limits");
        }
    }

    private async Task<Limit> Commit(Changes changes, Limit reply, string operation, Call call, string address = "")
    {
        var detail = new AuditDetail()
            .Add("scope", $"{LimitStore.TextOf(reply.Scope.Kind)} {reply.Scope.Id}".Trim())
            .Add("asset", reply.Asset)
            .Add("max_amount", reply.MaxAmount)
            .Add("second_factor_from", reply.SecondFactorFrom)
            .Add("window_seconds", (ulong)(reply.Window?.Seconds ?? 0))
            .Add("max_count", reply.MaxCount)
            .Add("max_window_amount", reply.MaxWindowAmount)
            .Add("only_listed", reply.OnlyListed ? "true" : "false")
            .Add("address", address);
        changes.Audit(call, operation, Id, detail.ToString(), Severity.Medium);
        changes.Answer(call, reply);
        await database.Commit(changes, call.Cancellation);
        return reply;
    }

    private async Task<LimitRule> Existing(Call call) =>
        await limits.Find(Id.Key, call.Cancellation) ?? throw new ClusterException(StatusCode.NotFound, "there is no limit with this limit_id.");
}
