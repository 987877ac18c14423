using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Access.SecondFactors;

/// <summary>
/// The second factor of one principal: enrolled, confirmed, taken away. Secret and recovery codes leave in the reply alone:
/// what is recorded as the answer is without them.
/// </summary>
internal sealed class SecondFactorGrain(Database database, AccessStore access, SecondFactorStore store, SecondFactorKey key) : Grain
{
    public async Task<EnrollSecondFactorReply> EnrollSecondFactor(EnrollSecondFactorRequest request, Call call)
    {
        RequireOwn(await access.Load(call.Cancellation), call);
        if (await store.Find(Id.Key, call.Cancellation) is { IsActive: true } && !call.Caller.HasSecondFactor)
        {
            throw SecondFactorChallenge.Of("a second factor is replaced by who has it");
        }

        using var secret = SecretBytes.Random(OneTimePassword.SecretSize);
        var changes = database.Change();
        SecondFactorStore.Replace(changes, Id.Key, key.Seal(secret.Span, Id.Key), key.Id, Activation.Time.GetUtcNow());
        await Commit(changes, "second_factor.enroll", new EnrollSecondFactorReply(), call);
        return new EnrollSecondFactorReply { Uri = OneTimePassword.UriOf(secret.Span, Id.Key) };
    }

    public async Task<ConfirmSecondFactorReply> ConfirmSecondFactor(ConfirmSecondFactorRequest request, Call call)
    {
        RequireOwn(await access.Load(call.Cancellation), call);
        if (await store.Find(Id.Key, call.Cancellation) is not { IsActive: false } pending)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, "no second factor is being enrolled: begin with EnrollSecondFactor.");
        }

        using var secret = key.Open(pending.SealedSecret.Span, Id.Key, pending.KeyId);
        var step = OneTimePassword.FindStep(secret.Span, request.Code, Activation.Time.GetUtcNow())
            ?? throw new ClusterException(StatusCode.InvalidArgument, "code is not one of now: look whether the clock of the authenticator is right, and take the next one.");
        var codes = Enumerable.Range(0, RecoveryCode.Count).Select(_ => RecoveryCode.Create()).ToList();
        var changes = database.Change();
        SecondFactorStore.Activate(changes, pending, step, codes.Select(code => RecoveryCode.HashOf(Id.Key, code)));
        await Commit(changes, "second_factor.confirm", new ConfirmSecondFactorReply(), call);
        return new ConfirmSecondFactorReply { RecoveryCodes = { codes } };
    }

    public async Task<SecondFactor> RemoveSecondFactor(RemoveSecondFactorRequest request, Call call)
    {
        var book = await access.Load(call.Cancellation);
        if (!IsOwn(book, call))
        {
            if (!AccessRules.GrantsOfKey(book, call.Caller.Id).AllowsEverywhere(Permission.ManageAccess))
            {
                throw new ClusterException(StatusCode.PermissionDenied, "RemoveSecondFactor of somebody else needs the permission MANAGE_ACCESS on everything");
            }

            new AccessRules(book, call.Caller).RequireNoLess(Id.Key);
        }

        var reply = new SecondFactor { PrincipalId = Id.Key };
        var changes = database.Change();
        SecondFactorStore.Delete(changes, Id.Key);
        await Commit(changes, "second_factor.remove", reply, call);
        return reply;
    }

    public async Task<SecondFactor> GetSecondFactor(GetSecondFactorRequest request, Call call)
    {
        var book = await access.Load(call.Cancellation);
        if (!IsOwn(book, call) && !AccessRules.GrantsOfKey(book, call.Caller.Id).AllowsEverywhere(Permission.ViewAccess))
        {
            throw new ClusterException(StatusCode.PermissionDenied, "GetSecondFactor of somebody else needs the permission VIEW_ACCESS on everything");
        }

        var found = await store.Find(Id.Key, call.Cancellation);
        return new SecondFactor
        {
            PrincipalId = Id.Key,
            Active = found is { IsActive: true },
            LockTime = found?.LockedUntil > Activation.Time.GetUtcNow() ? found.LockedUntil.Value.ToTimestamp() : null,
            RecoveryCodesLeft = (uint)(found?.RecoveryCodesLeft ?? 0),
        };
    }

    private async Task Commit(Changes changes, string operation, Google.Protobuf.IMessage recorded, Call call)
    {
        changes.Audit(call, operation, Id, severity: Severity.Medium);
        changes.Answer(call, recorded);
        await database.Commit(changes, call.Cancellation);
    }

    private bool IsOwn(AccessBook book, Call call) =>
        book.Keys.TryGetValue(call.Caller.Id, out var used) && used.PrincipalId == Id.Key;

    private void RequireOwn(AccessBook book, Call call)
    {
        if (!IsOwn(book, call))
        {
            throw new ClusterException(StatusCode.PermissionDenied, $"a second factor is enrolled by its holder: '{call.Caller.Id}' is no key of '{Id.Key}'");
        }
    }
}
