using System.Collections.Frozen;
using System.Reflection;
using Cluster.V1;
using Google.Protobuf.Reflection;

namespace Cluster.Silo.Hosting.Contracts;

/// <summary>Every rpc of a set of proto files. What the files get wrong is in <see cref="Errors"/>, all of it at once.</summary>
public sealed class Contract
{
    private readonly FrozenDictionary<MethodDescriptor, Operation> _byMethod;

    private Contract(IReadOnlyList<Operation> operations, IReadOnlyList<string> errors)
    {
        Operations = operations;
        Errors = errors;
        _byMethod = operations.ToFrozenDictionary(operation => operation.Method);
    }

    /// <summary>Every rpc, in the order of the files.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>What is wrong with the files themselves; each names the rpc.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>Reads every service of the files given; files that they import must be given too if they hold services.</summary>
    /// <param name="files">Descriptors of generated code.</param>
    public static Contract Read(IEnumerable<FileDescriptor> files)
    {
        var errors = new List<string>();
        var operations = files.Distinct().SelectMany(file => file.Services).SelectMany(service => Read(service, errors)).ToList();
        foreach (var shared in operations.GroupBy(operation => operation.RequestType).Where(group => group.Skip(1).Any()))
        {
            errors.Add($"{string.Join(" and ", shared)} share the request {shared.First().Method.InputType.FullName}: give each rpc a request message of its own, calls find their rpc by it.");
        }

        return new Contract(operations, errors);
    }

    /// <summary>Every proto file that was compiled into an assembly.</summary>
    /// <param name="assembly">With protobuf's generated <c>*Reflection</c> classes.</param>
    public static IReadOnlyList<FileDescriptor> FilesOf(Assembly assembly) =>
        [.. assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>()
            .OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>The rpc of a descriptor.</summary>
    /// <param name="method">Of one of the files.</param>
    /// <exception cref="ClusterException">There is no such rpc in this contract.</exception>
    public Operation Find(MethodDescriptor method) =>
        _byMethod.GetValueOrDefault(method)
        ?? throw new ClusterException(StatusCode.Unimplemented, $"There is no operation {method.FullName} here.");

    private static IEnumerable<Operation> Read(ServiceDescriptor service, List<string> errors)
    {
        var options = service.GetOptions();
        var grainType = options?.GetExtension(OptionsExtensions.Grain);
        var isInternal = options?.GetExtension(OptionsExtensions.Internal) ?? false;
        foreach (var method in service.Methods)
        {
            var call = method.GetOptions()?.GetExtension(OptionsExtensions.Call) ?? new CallOptions();
            var operation = new Operation(method, string.IsNullOrEmpty(grainType) ? null : grainType, isInternal, call);
            errors.AddRange(Check(operation, service, call, grainType));
            yield return operation;
        }
    }

    private static IEnumerable<string> Check(Operation operation, ServiceDescriptor service, CallOptions call, string? grainType)
    {
        var request = operation.Method.InputType;
        if (call.Key.Length > 0)
        {
            if (string.IsNullOrEmpty(grainType))
            {
                yield return $"{operation} names the key {call.Key}, but {service.FullName} has no option (cluster.v1.grain): name the grain type or remove the key.";
            }

            if (request.FindFieldByName(call.Key) is not { FieldType: FieldType.String, IsRepeated: false })
            {
                yield return $"{operation} names the key {call.Key}, but {request.FullName} has no single string field of that name.";
            }

            if (operation.Kind != OperationKind.Unary)
            {
                yield return $"{operation} streams and names a key: a grain answers unary rpcs only; remove the key, a query handler answers streams.";
            }
        }

        if (operation is { Internal: false, ReadOnly: false, Kind: OperationKind.Unary, HasRequestId: false })
        {
            yield return $"{operation} changes something, but {request.FullName} has no single string field request_id: add it, or mark the rpc read_only.";
        }

        if (operation.Resource.IsMissing && call.Resource.Length > 0)
        {
            yield return $"{operation} names the resource {call.Resource}, but {request.FullName} has no single string field of that name.";
        }

        if (operation is { Internal: false, Permission: Permission.Unspecified })
        {
            yield return $"{operation} names no permission, so nobody could call it: name one, or mark the service internal.";
        }
    }
}
