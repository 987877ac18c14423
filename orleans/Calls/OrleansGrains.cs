using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Hosting.Turns;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using Orleans;

namespace Cluster.OrleansHost.Calls;

/// <summary>
/// Grains wherever they are in the cluster, for grains, gateways and whatever runs beside the turns of a silo. The
/// caller keeps the deadline itself: no silo has to answer for it to pass.
/// </summary>
internal sealed class OrleansGrains(
    Contract contract, IGrainFactory factory, ShellCaller caller, LinesOfCalls lines, LostCalls lost, IOptions<GrainHostOptions> options, TimeProvider time) : IGrains
{
    /// <summary>Longer ones are as good as none, and added to another machine's clock might not be a time any more.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private readonly FrozenDictionary<Type, Operation> _operations = contract.Operations
        .Where(operation => operation.GrainType is not null)
        .ToFrozenDictionary(operation => operation.RequestType);

    public Task<TReply> Call<TReply>(IMessage request, Call call)
        where TReply : class, IMessage
    {
        if (!_operations.TryGetValue(request.GetType(), out var operation))
        {
            return Task.FromException<TReply>(
                new ArgumentException($"No grain answers {request.Descriptor.FullName}; lists and streams are answered by query handlers.", nameof(request)));
        }

        if (typeof(TReply) != operation.ReplyType && typeof(TReply) != typeof(IMessage))
        {
            return Task.FromException<TReply>(
                new ArgumentException($"{operation} replies {operation.ReplyType.Name}, not {typeof(TReply).Name}.", nameof(request)));
        }

        var key = operation.KeyOf(request);
        return GrainKey.Fault(operation, key) is { } fault
            ? Task.FromException<TReply>(fault)
            : Call<TReply>(operation, new GrainId(operation.GrainType!, key), request, call);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever Orleans throws means that the call was lost; the one place that judges it is LostCalls.")]
    private async Task<TReply> Call<TReply>(Operation operation, GrainId grain, IMessage request, Call call)
        where TReply : class, IMessage
    {
        call = CallDeadline.Arm(call, time, options.Value.DefaultDeadline, out var armed);
        try
        {
            if (call.Cancellation.IsCancellationRequested)
            {
                throw Failure.GivenUp($"{operation.Name} of {grain}", " before it was begun", call, time);
            }

            var shell = factory.GetGrain<IGrainShell>(global::Orleans.Runtime.GrainId.Create(grain.Type, grain.Key));
            using var line = lines.Enter(grain, out var place);
            var reply = await caller.Invoke(shell, new Invocation(operation, request, call, Left(call), place), operation, call);
            return (TReply)reply.Message(operation);
        }
        catch (OperationCanceledException error) when (call.Cancellation.IsCancellationRequested)
        {
            throw GivenUp(operation, grain, "", call, error);
        }
        catch (ClusterException error) when (error.Status == StatusCode.DeadlineExceeded && CallDeadline.HasPassed(call, time) && !error.Message.Contains(grain.ToString(), StringComparison.Ordinal))
        {
            // It was the first to tell, but of a grain further down.
            throw GivenUp(operation, grain, $" ({error.Message})", call, error);
        }
        catch (Exception error) when (error is not ClusterException)
        {
            throw lost.Explain(error, operation, grain, call);
        }
        finally
        {
            armed?.Dispose();
        }
    }

    private ClusterException GivenUp(Operation operation, GrainId grain, string detail, Call call, Exception cause) =>
        Failure.GivenUp($"{operation.Name} of {grain}", $"{(operation.ReadOnly ? "" : "; the change may have been made")}{detail}", call, time, cause);

    private TimeSpan Left(Call call)
    {
        var left = call.Deadline!.Value - time.GetUtcNow();
        return left < LongestWait ? left : LongestWait;
    }
}
