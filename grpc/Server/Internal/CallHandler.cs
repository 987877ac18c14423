using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Cluster.Grpc.Server.Internal;

/// <summary>Runs the calls of one method. What differs by shape is in <see cref="RunAsync"/>; all errors meet here.</summary>
internal abstract class CallHandler(MethodDescriptor method, MessageParser parser, CallSettings settings)
{
    private readonly bool _isStreaming = method.IsClientStreaming || method.IsServerStreaming;

    public MethodDescriptor Method { get; } = method;

    public string Path { get; } = $"/{method.Service.FullName}/{method.Name}";

    protected MessageParser Parser { get; } = parser;

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws becomes the status of its call.")]
    public async Task HandleAsync(HttpContext http)
    {
        var call = new ServerCallContext(http, Method, settings);
        try
        {
            call.Start(_isStreaming);
            if (call.Lifetime is { Deadline: not null } lifetime)
            {
                await RunUnderDeadlineAsync(call, lifetime);
            }
            else
            {
                await RunAsync(call);
                call.Response.Succeed();
            }
        }
        catch (Exception exception)
        {
            Fail(call, exception);
        }
        finally
        {
            call.End();
        }
    }

    /// <summary>Reads the request, calls the handler and writes its responses; the caller adds the status.</summary>
    protected abstract ValueTask RunAsync(ServerCallContext call);

    /// <summary>
    /// The client hears of a passed deadline at once, even if the handler does not heed its token. The HTTP request stays
    /// open until the handler has ended, as it still holds the context.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "The status has been sent: what the handler throws now can only be logged.")]
    private async Task RunUnderDeadlineAsync(ServerCallContext call, CallLifetime lifetime)
    {
        if (lifetime.HasDeadlinePassed)
        {
            throw DeadlineExceeded();
        }

        var work = RunAsync(call).AsTask();
        if (await Task.WhenAny(work, lifetime.DeadlinePassed) == work || !call.Response.TryTakeForDeadline())
        {
            await work;
            if (lifetime.HasDeadlinePassed)
            {
                throw DeadlineExceeded();
            }

            call.Response.Succeed();
            return;
        }

        Fail(call, DeadlineExceeded());
        try
        {
            await Task.WhenAll(call.HttpContext.Response.CompleteAsync(), work);
        }
        catch (Exception exception)
        {
            GrpcServerLog.FailedAfterDeadline(settings.Logger, Method.FullName, exception);
        }
    }

    private void Fail(ServerCallContext call, Exception exception)
    {
        var trailers = call.ResponseTrailersIfAny ?? Metadata.Empty;
        switch (exception)
        {
            case var _ when call.Lifetime is { HasDeadlinePassed: true }:
                GrpcServerLog.DeadlineExceeded(settings.Logger, Method.FullName);
                call.Response.Fail(DeadlineExceeded().Status, trailers);
                break;

            case RpcException rpc:
                GrpcServerLog.CallRejected(settings.Logger, Method.FullName, rpc.StatusCode, rpc.Status.Message);
                call.Response.Fail(rpc.Status, Join(trailers, rpc.Trailers));
                break;

            case var _ when call.HttpContext.RequestAborted.IsCancellationRequested:
                GrpcServerLog.ClientGone(settings.Logger, Method.FullName);
                break;

            case OperationCanceledException when _isStreaming && settings.Stopping.IsCancellationRequested:
                call.Response.Fail(new Status(StatusCode.Unavailable, "the server is shutting down"), trailers);
                break;

            default:
                var status = StatusOf(call, exception);
                call.Response.Fail(status, call.ResponseTrailersIfAny ?? Metadata.Empty);
                break;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A broken mapping must not take the call's status with it.")]
    private Status StatusOf(ServerCallContext call, Exception exception)
    {
        try
        {
            if (settings.Options.MapException?.Invoke(exception, call) is { Code: not StatusCode.OK } mapped)
            {
                GrpcServerLog.CallRejected(settings.Logger, Method.FullName, mapped.Code, mapped.Message);
                return mapped;
            }
        }
        catch (Exception mappingException)
        {
            GrpcServerLog.MappingFailed(settings.Logger, Method.FullName, mappingException);
        }

        if (exception is OperationCanceledException)
        {
            var cancelled = new Status(StatusCode.Cancelled, "the server gave the call up");
            GrpcServerLog.CallRejected(settings.Logger, Method.FullName, cancelled.Code, cancelled.Message);
            return cancelled;
        }

        GrpcServerLog.CallFailed(settings.Logger, Method.FullName, exception);
        return new Status(StatusCode.Internal, "internal error");
    }

    private static RpcException DeadlineExceeded() => new(StatusCode.DeadlineExceeded, "the deadline of the call has passed");

    private static Metadata Join(Metadata first, Metadata second)
    {
        if (first.Count == 0 || second.Count == 0)
        {
            return first.Count == 0 ? second : first;
        }

        var joined = new Metadata();
        joined.AddRange(first);
        joined.AddRange(second);
        return joined;
    }
}
