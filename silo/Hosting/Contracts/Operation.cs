using Cluster.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Silo.Hosting.Contracts;

/// <summary>One rpc and all that its options say, read once so that nothing is looked up while calls run.</summary>
public sealed class Operation
{
    private readonly IFieldAccessor? _key;
    private readonly IFieldAccessor? _requestId;

    internal Operation(MethodDescriptor method, string? grainType, bool isInternal, CallOptions options)
    {
        Method = method;
        Path = $"/{method.Service.FullName}/{method.Name}";
        Permission = options.Permission;
        Also = [.. options.Also];
        SecondFactor = options.SecondFactor;
        ReadOnly = options.ReadOnly;
        Internal = isInternal;
        Kind = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => OperationKind.Unary,
            (false, true) => OperationKind.ServerStream,
            (true, false) => OperationKind.ClientStream,
            _ => OperationKind.BidirectionalStream,
        };

        KeyField = options.Key;
        Resource = ResourceField.Read(method.InputType, options.Resource.Length > 0 ? options.Resource : options.Key);
        _key = TextField(options.Key)?.Accessor;
        _requestId = ReadOnly || Kind != OperationKind.Unary ? null : TextField("request_id")?.Accessor;
        GrainType = _key is null || Kind != OperationKind.Unary ? null : grainType;
    }

    /// <summary>The rpc's descriptor.</summary>
    public MethodDescriptor Method { get; }

    /// <summary>The rpc's name within its service, which is also its implementer's method's.</summary>
    public string Name => Method.Name;

    /// <summary>For example <c>cluster.v1.Wallets.Transfer</c>.</summary>
    public string FullName => Method.FullName;

    /// <summary>gRPC's path, for example <c>/cluster.v1.Wallets/Transfer</c>.</summary>
    public string Path { get; }

    /// <summary>The type of the grain that answers; null where a query handler does.</summary>
    public string? GrainType { get; }

    /// <summary>The request's field that is the grain's key; empty where the rpc has none.</summary>
    public string KeyField { get; }

    /// <summary>How many requests and replies there are.</summary>
    public OperationKind Kind { get; }

    /// <summary>What the caller must be allowed to do.</summary>
    public Permission Permission { get; }

    /// <summary>What the caller must be allowed beside <see cref="Permission"/>, on the same thing.</summary>
    public IReadOnlyList<Permission> Also { get; }

    /// <summary>On what the permissions are needed.</summary>
    public ResourceField Resource { get; }

    /// <summary>Whether the caller must prove a second factor.</summary>
    public bool SecondFactor { get; }

    /// <summary>Changes nothing; may overlap other read-only calls of the same grain.</summary>
    public bool ReadOnly { get; }

    /// <summary>Called by grains and silos alone; no gateway serves it.</summary>
    public bool Internal { get; }

    /// <summary>The request's C# type.</summary>
    public Type RequestType => Method.InputType.ClrType;

    /// <summary>The reply's C# type.</summary>
    public Type ReplyType => Method.OutputType.ClrType;

    /// <summary>Whether answers are recorded under the request's <c>request_id</c>.</summary>
    public bool HasRequestId => _requestId is not null;

    /// <summary>The grain's key.</summary>
    /// <param name="request">A request of this rpc, which has a grain.</param>
    public string KeyOf(IMessage request) => (string)_key!.GetValue(request);

    /// <summary>The client's id of the request; empty where it gave none.</summary>
    /// <param name="request">A request of this rpc, which <see cref="HasRequestId"/>.</param>
    public string RequestIdOf(IMessage request) => (string)_requestId!.GetValue(request);

    /// <summary><see cref="FullName"/>.</summary>
    public override string ToString() => FullName;

    private FieldDescriptor? TextField(string name) =>
        name.Length > 0 && Method.InputType.FindFieldByName(name) is { FieldType: FieldType.String, IsRepeated: false } field
            ? field
            : null;
}
