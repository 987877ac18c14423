using System.Threading.Channels;
using Cluster.Grpc;
using Cluster.Grpc.Server;
using Google.Protobuf.Reflection;

namespace Cluster.Tests.Grpc;

/// <summary>What the servers under test serve: answers what it is sent, or does what the request says.</summary>
internal sealed class EchoService
{
    public static readonly ServiceDescriptor Service = EchoReflection.Descriptor.Services[0];
    public static readonly MethodDescriptor UnaryMethod = Service.FindMethodByName("Unary");
    public static readonly MethodDescriptor CollectMethod = Service.FindMethodByName("Collect");
    public static readonly MethodDescriptor ExpandMethod = Service.FindMethodByName("Expand");
    public static readonly MethodDescriptor ChatMethod = Service.FindMethodByName("Chat");

    private readonly Channel<string> _started = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _cancelled = Channel.CreateUnbounded<string>();
    private int _gzipCalls;

    /// <summary>How many unary calls said that their requests are compressed with gzip.</summary>
    public int GzipCalls => _gzipCalls;

    /// <summary>The texts of waiting calls, as they begin to wait.</summary>
    public ChannelReader<string> Started => _started.Reader;

    /// <summary>The texts of calls whose handler saw the cancellation, as they see it.</summary>
    public ChannelReader<string> Cancelled => _cancelled.Reader;

    public void MapTo(
        GrpcMethods methods,
        Func<IAsyncEnumerable<EchoRequest>, ServerCallContext, ValueTask<EchoReply>>? collect,
        Func<EchoRequest, IServerStreamWriter<EchoReply>, ServerCallContext, Task>? expand)
    {
        methods.MapUnary<EchoRequest, EchoReply>(UnaryMethod, Unary);
        methods.MapClientStreaming<EchoRequest, EchoReply>(CollectMethod, collect ?? Collect);
        methods.MapServerStreaming<EchoRequest, EchoReply>(ExpandMethod, expand ?? Expand);
        methods.MapDuplexStreaming<EchoRequest, EchoReply>(ChatMethod, Chat);
    }

    private async ValueTask<EchoReply> Unary(EchoRequest request, ServerCallContext context)
    {
        EchoMetadata(context);
        if (context.GetRequestHeader("grpc-encoding") == "gzip")
        {
            Interlocked.Increment(ref _gzipCalls);
        }

        await Obey(request, context);
        return new EchoReply { Text = request.Text, Payload = request.Payload, Count = 1 };
    }

    private async ValueTask<EchoReply> Collect(IAsyncEnumerable<EchoRequest> requests, ServerCallContext context)
    {
        EchoMetadata(context);
        var reply = new EchoReply();
        await foreach (var request in requests)
        {
            await Obey(request, context);
            reply.Count++;
            reply.Text = request.Text;
        }

        return reply;
    }

    private async Task Expand(EchoRequest request, IServerStreamWriter<EchoReply> responses, ServerCallContext context)
    {
        EchoMetadata(context);
        for (var i = 1; i <= request.Repeat; i++)
        {
            await responses.WriteAsync(new EchoReply { Text = request.Text, Payload = request.Payload, Count = i }, moreFollows: i < request.Repeat && !request.Wait);
        }

        await Obey(request, context);
    }

    private async Task Chat(IAsyncEnumerable<EchoRequest> requests, IServerStreamWriter<EchoReply> responses, ServerCallContext context)
    {
        EchoMetadata(context);
        var count = 0;
        await foreach (var request in requests)
        {
            await Obey(request, context);
            await responses.WriteAsync(new EchoReply { Text = request.Text, Payload = request.Payload, Count = ++count });
        }
    }

    private async Task Obey(EchoRequest request, ServerCallContext context)
    {
        if (request.FailWith != 0)
        {
            throw new RpcException((StatusCode)request.FailWith, request.FailMessage);
        }

        if (request.Crash)
        {
            throw new InvalidOperationException("the secret reason");
        }

        if (request.Wait)
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = context.CancellationToken.Register(() => cancelled.SetResult());
            _started.Writer.TryWrite(request.Text);
            await cancelled.Task;
            _cancelled.Writer.TryWrite(request.Text);
            context.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static void EchoMetadata(ServerCallContext context)
    {
        var echoed = context.RequestHeaders.Where(entry => entry.Key.StartsWith("echo-", StringComparison.Ordinal)).ToArray();
        if (echoed.Length > 0)
        {
            context.ResponseHeaders.AddRange(echoed);
            context.ResponseTrailers.AddRange(echoed);
        }
    }
}
