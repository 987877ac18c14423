using Cluster.Grpc.Server.Internal;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Server;

/// <summary>
/// The methods that a server answers, each with the handler for its shape. Handlers are keyed by descriptor and take
/// <see cref="IMessage"/>, so one handler can serve every method of a contract; the typed forms are for methods written
/// by hand. Nothing is resolved per call: a handler is one delegate for the life of the server.
/// </summary>
public sealed class GrpcMethods
{
    private readonly Dictionary<string, CallHandler> _byPath = new(StringComparer.Ordinal);
    private readonly List<ServiceDescriptor> _services = [];
    private readonly CallSettings _settings;

    internal GrpcMethods(CallSettings settings) => _settings = settings;

    /// <summary>The services of which at least one method is mapped, in order of mapping.</summary>
    public IReadOnlyList<ServiceDescriptor> Services => _services;

    internal IReadOnlyDictionary<string, CallHandler> ByPath => _byPath;

    internal CallSettings Settings => _settings;

    /// <summary>Maps a method of one request and one response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Answers it.</param>
    /// <exception cref="ArgumentException">The method streams, or is mapped already.</exception>
    public GrpcMethods MapUnary(MethodDescriptor method, UnaryHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Demand(method, clientStreams: false, serverStreams: false);
        return Add(new UnaryCallHandler(method, _settings, handler));
    }

    /// <summary>Maps a method of one request and one response, typed.</summary>
    /// <inheritdoc cref="MapUnary(MethodDescriptor, UnaryHandler)"/>
    public GrpcMethods MapUnary<TRequest, TResponse>(MethodDescriptor method, Func<TRequest, ServerCallContext, ValueTask<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        DemandTypes<TRequest, TResponse>(method);
        return MapUnary(method, async (request, context) => await handler((TRequest)request, context));
    }

    /// <summary>Maps a method of many requests and one response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Answers it.</param>
    /// <exception cref="ArgumentException">The method has another shape, or is mapped already.</exception>
    public GrpcMethods MapClientStreaming(MethodDescriptor method, ClientStreamingHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Demand(method, clientStreams: true, serverStreams: false);
        return Add(new ClientStreamingCallHandler<IMessage>(method, _settings, (requests, context) => handler(requests, context)));
    }

    /// <summary>Maps a method of many requests and one response, typed.</summary>
    /// <inheritdoc cref="MapClientStreaming(MethodDescriptor, ClientStreamingHandler)"/>
    public GrpcMethods MapClientStreaming<TRequest, TResponse>(MethodDescriptor method, Func<IAsyncEnumerable<TRequest>, ServerCallContext, ValueTask<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        Demand(method, clientStreams: true, serverStreams: false);
        DemandTypes<TRequest, TResponse>(method);
        return Add(new ClientStreamingCallHandler<TRequest>(method, _settings, async (requests, context) => await handler(requests, context)));
    }

    /// <summary>Maps a method of one request and many responses.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Answers it.</param>
    /// <exception cref="ArgumentException">The method has another shape, or is mapped already.</exception>
    public GrpcMethods MapServerStreaming(MethodDescriptor method, ServerStreamingHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Demand(method, clientStreams: false, serverStreams: true);
        return Add(new ServerStreamingCallHandler(method, _settings, handler));
    }

    /// <summary>Maps a method of one request and many responses, typed.</summary>
    /// <inheritdoc cref="MapServerStreaming(MethodDescriptor, ServerStreamingHandler)"/>
    public GrpcMethods MapServerStreaming<TRequest, TResponse>(MethodDescriptor method, Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        DemandTypes<TRequest, TResponse>(method);
        return MapServerStreaming(method, (request, responses, context) => handler((TRequest)request, responses, context));
    }

    /// <summary>Maps a method of many requests and many responses.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Answers it.</param>
    /// <exception cref="ArgumentException">The method has another shape, or is mapped already.</exception>
    public GrpcMethods MapDuplexStreaming(MethodDescriptor method, DuplexStreamingHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Demand(method, clientStreams: true, serverStreams: true);
        return Add(new DuplexStreamingCallHandler<IMessage>(method, method.InputType.Parser, _settings, (requests, responses, context) => handler(requests, responses, context)));
    }

    /// <summary>Maps a method of many requests and many responses, typed.</summary>
    /// <inheritdoc cref="MapDuplexStreaming(MethodDescriptor, DuplexStreamingHandler)"/>
    public GrpcMethods MapDuplexStreaming<TRequest, TResponse>(MethodDescriptor method, Func<IAsyncEnumerable<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        DemandTypes<TRequest, TResponse>(method);
        return MapDuplexStreaming(method, method.InputType.Parser, handler);
    }

    /// <summary>For methods whose messages are the same on the wire as those of another package.</summary>
    internal GrpcMethods MapDuplexStreaming<TRequest, TResponse>(MethodDescriptor method, MessageParser parser, Func<IAsyncEnumerable<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Demand(method, clientStreams: true, serverStreams: true);
        return Add(new DuplexStreamingCallHandler<TRequest>(method, parser, _settings, (requests, responses, context) => handler(requests, responses, context)));
    }

    private static void Demand(MethodDescriptor method, bool clientStreams, bool serverStreams)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (method.IsClientStreaming != clientStreams || method.IsServerStreaming != serverStreams)
        {
            throw new ArgumentException($"{method.FullName} is {Shape(method)}: map it with the handler for that shape", nameof(method));
        }
    }

    private static void DemandTypes<TRequest, TResponse>(MethodDescriptor method)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{method.FullName} takes {method.InputType.FullName} and answers {method.OutputType.FullName}, not {typeof(TRequest).Name} and {typeof(TResponse).Name}",
                nameof(method));
        }
    }

    private static string Shape(MethodDescriptor method) => (method.IsClientStreaming, method.IsServerStreaming) switch
    {
        (false, false) => "unary",
        (true, false) => "client streaming",
        (false, true) => "server streaming",
        (true, true) => "duplex streaming",
    };

    private GrpcMethods Add(CallHandler handler)
    {
        if (!_byPath.TryAdd(handler.Path, handler))
        {
            throw new ArgumentException($"{handler.Method.FullName} is mapped already", nameof(handler));
        }

        if (!_services.Contains(handler.Method.Service))
        {
            _services.Add(handler.Method.Service);
        }

        return this;
    }
}
