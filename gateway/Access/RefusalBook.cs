using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.V1;

namespace Cluster.Gateway.Access;

/// <summary>Who was refused what: refusals that agree in this are summed up.</summary>
/// <param name="Caller">Who, and from where. The program does not tell refusals apart: callers make its name up.</param>
/// <param name="Operation">For the audit row.</param>
/// <param name="Subject">For the audit row.</param>
/// <param name="Status">What they were answered.</param>
/// <param name="Severity">Of one of them.</param>
internal readonly record struct Refusal(Caller Caller, string Operation, GrainId Subject, StatusCode Status, Severity Severity)
{
    /// <summary>What tells refusals apart.</summary>
    public (string Id, string? Address, string Operation, GrainId Subject, StatusCode Status) Key =>
        (Caller.Id, Caller.Address, Operation, Subject, Status);
}

/// <summary>Refusals that are alike, since they were last written.</summary>
/// <param name="First">The first of them.</param>
/// <param name="RequestId">Its request id; empty where it had none.</param>
/// <param name="Reason">What its caller was told.</param>
/// <param name="Count">How many there were.</param>
internal sealed record RefusalSum(Refusal First, string RequestId, string Reason, long Count)
{
    /// <summary>From this many of the same in one period on, it is unusual.</summary>
    private const long Unusual = 100;

    /// <summary>Adds its row.</summary>
    public void AuditTo(Changes changes)
    {
        var severity = First.Severity == Severity.Low && Count >= Unusual ? Severity.Medium : First.Severity;
        var detail = new AuditDetail()
            .Add("status", First.Status.ToString())
            .Add("count", (ulong)Count)
            .Add("reason", Reason)
            .ToString();
        changes.Audit(new Call(First.Caller, RequestId), First.Operation, First.Subject, detail, severity, AuditOutcome.Refused);
    }
}

/// <summary>
/// Sums refusals up until they are written. Bounded twice: in memory, by how many sums are kept, and on disk, by a budget of
/// rows; what is beyond either is one sum, that says how many there were.
/// </summary>
internal sealed class RefusalBook(RowBudget budget)
{
    /// <summary>Sums kept until they are written.</summary>
    private const int MaxDistinct = 1_000;

    /// <summary>Characters of a reason that are kept.</summary>
    private const int LongestReason = 500;

    private readonly Lock _gate = new();
    private Dictionary<(string, string?, string, GrainId, StatusCode), RefusalSum> _sums = [];
    private long _beyond;

    /// <summary>Adds one.</summary>
    /// <param name="refusal">Who was refused what.</param>
    /// <param name="requestId">Under which request; empty where there was none.</param>
    /// <param name="reason">What they were told; of the first one only is kept.</param>
    public void Add(in Refusal refusal, string requestId, string reason)
    {
        lock (_gate)
        {
            if (_sums.TryGetValue(refusal.Key, out var sum))
            {
                _sums[refusal.Key] = sum with { Count = sum.Count + 1 };
            }
            else if (_sums.Count < MaxDistinct)
            {
                _sums[refusal.Key] = new RefusalSum(refusal, requestId, reason.Length > LongestReason ? reason[..LongestReason] : reason, 1);
            }
            else
            {
                _beyond++;
            }
        }
    }

    /// <summary>Takes out what may be written now.</summary>
    public IReadOnlyList<RefusalSum> Take()
    {
        lock (_gate)
        {
            var taken = new List<RefusalSum>();
            foreach (var sum in _sums.Values)
            {
                if (budget.TryTake())
                {
                    taken.Add(sum);
                }
                else
                {
                    _beyond += sum.Count;
                }
            }

            _sums = [];
            if (_beyond > 0 && budget.TryTakeForTheRest())
            {
                var many = new Refusal(new Caller("", ""), "access.refused_many", new GrainId("operation", ""), StatusCode.ResourceExhausted, Severity.Medium);
                taken.Add(new RefusalSum(many, "", "more refusals than are written one by one", _beyond));
                _beyond = 0;
            }

            return taken;
        }
    }

    /// <summary>Takes back what could not be written.</summary>
    public void PutBack(IReadOnlyList<RefusalSum> sums)
    {
        lock (_gate)
        {
            foreach (var sum in sums)
            {
                if (_sums.TryGetValue(sum.First.Key, out var later))
                {
                    _sums[sum.First.Key] = sum with { Count = sum.Count + later.Count };
                }
                else
                {
                    _sums[sum.First.Key] = sum;
                }
            }

            budget.Return(sums.Count);
        }
    }
}
