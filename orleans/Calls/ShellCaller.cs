using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Cluster.OrleansHost.Calls;

/// <summary>
/// Brings an invocation to a shell, again where its answer was lost and a second time does no harm: the rpc changes
/// nothing, or its request id has it answered once (money rule 4). So a silo may die and no caller of such a rpc learns
/// of it. All other calls are made once.
/// </summary>
internal sealed class ShellCaller(GatewayBreaks breaks, LostCalls lost, [FromKeyedServices(TimeProviderNames.Messaging)] TimeProvider time)
{
    /// <summary>With the delays between them, longer than it takes to declare a silo dead.</summary>
    private const int MaxAttempts = 12;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>Calls, until there is an answer, the call's deadline passes, or there is no use in it.</summary>
    /// <param name="shell">Of the grain.</param>
    /// <param name="invocation">What it is to do.</param>
    /// <param name="operation">The rpc.</param>
    /// <param name="call">With its deadline armed.</param>
    public async Task<Reply> Invoke(IGrainShell shell, Invocation invocation, Operation operation, Call call)
    {
        var mayRepeat = operation.ReadOnly || operation.HasRequestId;
        for (var attempt = 1; ; attempt++)
        {
            var broken = mayRepeat && attempt < MaxAttempts ? breaks.Next : null;
            try
            {
                var answer = shell.Invoke(invocation, call.Cancellation);
                if (broken is null || await Task.WhenAny(answer, broken) == answer)
                {
                    return await answer;
                }

                Forget(answer);
            }
            catch (Exception error) when (broken is not null && LostCalls.IsLoss(error) && lost.IsHosted(operation.GrainType!))
            {
                // The next attempt finds another silo, or the same one with a new connection.
            }

            await Task.Delay(Delay(attempt), time, call.Cancellation);
        }
    }

    private static TimeSpan Delay(int attempt)
    {
        var doubled = FirstDelay * Math.Pow(2, attempt - 1);
        return (doubled < LongestDelay ? doubled : LongestDelay) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>Whatever comes of it: the next attempt gets the answer.</summary>
    private static void Forget(Task answer) =>
        _ = answer.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
