using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access.SecondFactors;

/// <summary>Judges codes: each is accepted once in the whole cluster, and guessing ends soon.</summary>
public sealed class SecondFactorCheck
{
    private readonly Database _database;
    private readonly SecondFactorStore _store;
    private readonly SecondFactorKey _key;
    private readonly TimeProvider _time;

    internal SecondFactorCheck(Database database, SecondFactorStore store, SecondFactorKey key, TimeProvider time)
    {
        _database = database;
        _store = store;
        _key = key;
        _time = time;
    }

    /// <summary>Accepts a code or a recovery code.</summary>
    /// <param name="principalId">Whose.</param>
    /// <param name="code">As the caller sent it.</param>
    /// <param name="caller">For the audit row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.Unauthenticated"/>: it is not accepted.</exception>
    public async Task Require(string principalId, string code, Caller caller, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var call = new Call(caller, RequestId: "", Cancellation: cancellationToken);
        if (await _store.BeginAttempt(principalId, now, cancellationToken) is not { } attempt)
        {
            throw await NotJudged(principalId, cancellationToken);
        }

        if (RecoveryCode.IsLike(code))
        {
            if (await _store.AcceptRecoveryCode(principalId, RecoveryCode.HashOf(principalId, code), now, cancellationToken))
            {
                await Audit(call, principalId, "second_factor.recovery_code_used", AuditOutcome.Done);
                return;
            }
        }
        else
        {
            long? step;
            using (var secret = _key.Open(attempt.SealedSecret.Span, principalId, attempt.KeyId))
            {
                step = OneTimePassword.FindStep(secret.Span, code, now);
            }

            if (step is { } found && await _store.AcceptStep(principalId, found, cancellationToken))
            {
                return;
            }
        }

        await Audit(call, principalId, "second_factor.refused", AuditOutcome.Failed);
        throw SecondFactorChallenge.Of(attempt.LockedUntil is { } end
            ? $"the code is not accepted, as were those before it: none is until {end:u}"
            : "the code is not accepted: it is wrong, too old, or was used before; take the next one");
    }

    private async Task<ClusterException> NotJudged(string principalId, CancellationToken cancellationToken) =>
        await _store.Find(principalId, cancellationToken) switch
        {
            { IsActive: true, LockedUntil: { } end } => SecondFactorChallenge.Of($"after {SecondFactorStore.MaxFailures} failures no code of '{principalId}' is accepted until {end:u}"),
            { IsActive: true } => SecondFactorChallenge.Of("the code is not accepted; take the next one"),
            _ => SecondFactorChallenge.Of($"'{principalId}' has none: enrol one first (cluster second-factor enroll)"),
        };

    private async Task Audit(Call call, string principalId, string operation, AuditOutcome outcome)
    {
        var changes = _database.Change();
        changes.Audit(call, operation, new GrainId("second_factor", principalId), severity: Severity.Medium, outcome: outcome);
        await _database.Commit(changes, call.Cancellation);
    }
}
