using System.Diagnostics;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>
/// Runs a grain's code on a caller's thread without the caller's ambient state (<see cref="AsyncLocal{T}"/>, current
/// activity), and keeps the grain's from the caller. What has to travel is in the <see cref="Call"/>.
/// </summary>
internal static class IsolatedContext
{
    private static readonly ExecutionContext Empty = CaptureEmpty();

    /// <summary>Steps out of the ambient state, and into the span of the call.</summary>
    /// <returns>For <see cref="Exit"/>.</returns>
    public static ExecutionContext? Enter(Call call)
    {
        var callers = ExecutionContext.Capture();
        if (!ReferenceEquals(callers, Empty) && callers is not null)
        {
            ExecutionContext.Restore(Empty);
        }

        if (call.Span is { } span)
        {
            Activity.Current = span;
        }

        return callers;
    }

    /// <summary>Steps back, whatever the grain has left behind.</summary>
    public static void Exit(ExecutionContext? callers)
    {
        if (callers is not null && !ReferenceEquals(ExecutionContext.Capture(), callers))
        {
            ExecutionContext.Restore(callers);
        }
    }

    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
