using Cluster.Solana;

namespace Cluster.Tests.Solana.Sending;

/// <summary>A sink that keeps what it is told and lets a test wait for it.</summary>
internal sealed class CollectingSink : IOutcomeSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<TransactionOutcome> _outcomes = [];
    private readonly List<(Func<IReadOnlyList<TransactionOutcome>, bool> Holds, TaskCompletionSource Held)> _waiters = [];

    /// <summary>Runs before outcomes are taken; may throw.</summary>
    public Func<IReadOnlyList<TransactionOutcome>, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    public int Batches { get; private set; }

    public IReadOnlyList<TransactionOutcome> Outcomes
    {
        get
        {
            lock (_gate)
            {
                return [.. _outcomes];
            }
        }
    }

    public async Task OnOutcomes(IReadOnlyList<TransactionOutcome> outcomes, CancellationToken ct)
    {
        await Before(outcomes, ct);
        lock (_gate)
        {
            Batches++;
            _outcomes.AddRange(outcomes);
            foreach (var waiter in _waiters.FindAll(waiter => waiter.Holds(_outcomes)))
            {
                _waiters.Remove(waiter);
                waiter.Held.TrySetResult();
            }
        }
    }

    /// <summary>The kinds that one transaction went through.</summary>
    public IReadOnlyList<OutcomeKind> KindsOf(SignedTransaction transaction) =>
        [.. Outcomes.Where(outcome => outcome.Signature == transaction.Signature).Select(outcome => outcome.Kind)];

    public Task Until(Func<IReadOnlyList<TransactionOutcome>, bool> holds)
    {
        lock (_gate)
        {
            if (holds(_outcomes))
            {
                return Task.CompletedTask;
            }

            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((holds, held));
            return held.Task.WaitAsync(Patience);
        }
    }

    public Task Until(OutcomeKind kind, int count = 1) =>
        Until(outcomes => outcomes.Where(outcome => outcome.Kind == kind).DistinctBy(outcome => outcome.Signature).Count() >= count);
}
