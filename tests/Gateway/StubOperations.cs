using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Tests.Gateway;

/// <summary>Stands where silos are: answers what the test says, and remembers what arrived.</summary>
internal sealed class StubOperations : IOperations
{
    public List<(MethodDescriptor Method, IMessage Request, Call Call)> Received { get; } = [];

    public Func<MethodDescriptor, IMessage, Call, Task<IMessage>> Answer { get; set; } =
        static (method, _, _) => Task.FromResult(Empty(method));

    public Func<MethodDescriptor, IMessage, Call, IAsyncEnumerable<IMessage>> Answers { get; set; } =
        static (method, _, call) => One(Empty(method), call.Cancellation);

    public IReadOnlyList<MethodDescriptor> Methods { get; } =
        [.. Contract.Operations.Where(operation => !operation.Internal).Select(operation => operation.Method)];

    public static Contract Contract { get; } = Contract.Read(Contract.FilesOf(typeof(V1.Wallet).Assembly));

    public static IMessage Empty(MethodDescriptor method) => method.OutputType.Parser.ParseFrom([]);

    public Task<IMessage> Unary(MethodDescriptor method, IMessage request, Call call)
    {
        Remember(method, request, call);
        return Answer(method, request, call);
    }

    public IAsyncEnumerable<IMessage> ServerStream(MethodDescriptor method, IMessage request, Call call)
    {
        Remember(method, request, call);
        return Answers(method, request, call);
    }

    public async Task<IMessage> ClientStream(MethodDescriptor method, IAsyncEnumerable<IMessage> requests, Call call)
    {
        await foreach (var request in requests)
        {
            Remember(method, request, call);
        }

        return Empty(method);
    }

    private void Remember(MethodDescriptor method, IMessage request, Call call)
    {
        lock (Received)
        {
            Received.Add((method, request, call));
        }
    }

    private static async IAsyncEnumerable<IMessage> One(IMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield return message;
    }
}
