using System.Reflection;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Hosting.Invocation;

namespace Cluster.Silo.Hosting.Binding;

/// <summary>Matches rpcs with the methods that bear their names, once at start, and reports all that does not fit at once.</summary>
internal sealed class Binder(Contract contract, HostedParts hosted, AnsweredRequests answered, Func<Type, object> handlerOf)
{
    private readonly List<string> _errors = [.. contract.Errors];

    /// <exception cref="BindingException">Something does not fit.</exception>
    public Bindings Bind(IReadOnlyList<GrainRegistration> grains, IReadOnlyList<QueryRegistration> queries)
    {
        var grainMethods = BindGrains([.. grains.Distinct()]);
        List<Type> handlers = [.. queries.Select(query => query.Class).Distinct()];
        var queryMethods = BindQueries(handlers);
        return _errors.Count == 0
            ? new Bindings(contract, [.. grains.Distinct()], grainMethods, queryMethods, handlers)
            : throw new BindingException(_errors);
    }

    private List<GrainMethod> BindGrains(IReadOnlyList<GrainRegistration> grains)
    {
        var methods = new List<GrainMethod>();
        var operationsOf = contract.Operations.Where(operation => operation.GrainType is not null).ToLookup(operation => operation.GrainType!);
        foreach (var missing in operationsOf.Where(type => hosted.HostsGrains(type.Key) && grains.All(grain => grain.GrainType != type.Key)))
        {
            _errors.Add($"No class implements grain type {missing.Key} ({string.Join(", ", missing)}): register one with AddGrain<TGrain>(\"{missing.Key}\").");
        }

        foreach (var twice in grains.GroupBy(grain => grain.GrainType).Where(type => type.Skip(1).Any()))
        {
            _errors.Add($"{string.Join(" and ", twice.Select(grain => grain.Class.Name))} are both registered as grain type {twice.Key}: keep one.");
        }

        foreach (var grain in grains)
        {
            if (!operationsOf.Contains(grain.GrainType))
            {
                _errors.Add($"{grain.Class.Name} is registered as grain type {grain.GrainType}, which no service of the contracts names.");
                continue;
            }

            if (!hosted.HostsGrains(grain.GrainType))
            {
                _errors.Add($"{grain.Class.Name} is registered as grain type {grain.GrainType}, which this process does not host.");
                continue;
            }

            CheckExtraMethods(grain.Class, operationsOf[grain.GrainType]);
            methods.AddRange(operationsOf[grain.GrainType].Select(operation => Bind(grain, operation)).OfType<GrainMethod>());
        }

        return methods;
    }

    private GrainMethod? Bind(GrainRegistration grain, Operation operation)
    {
        if (!grain.Class.IsSubclassOf(typeof(Grain)))
        {
            _errors.Add($"{grain.Class.Name} is registered as grain type {grain.GrainType} and is not derived from {nameof(Grain)}.");
            return null;
        }

        if (FindMethod(grain.Class, operation) is not { } method)
        {
            return null;
        }

        var function = typeof(Func<,,,>).MakeGenericType(grain.Class, operation.RequestType, typeof(Call), method.ReturnType);
        return (GrainMethod)Activator.CreateInstance(
            typeof(GrainMethod<,,>).MakeGenericType(grain.Class, operation.RequestType, operation.ReplyType),
            operation,
            method.CreateDelegate(function),
            answered)!;
    }

    private List<QueryMethod> BindQueries(IReadOnlyList<Type> classes)
    {
        var methods = new List<QueryMethod>();
        if (!hosted.HostsQueries)
        {
            _errors.AddRange(classes.Select(handler => $"{handler.Name} is registered as a query handler, and this process answers no queries."));
            return methods;
        }

        var operations = contract.Operations.Where(operation => operation.GrainType is null).ToList();
        foreach (var handler in classes)
        {
            CheckExtraMethods(handler, operations);
        }

        foreach (var operation in operations)
        {
            if (operation.Kind == OperationKind.BidirectionalStream)
            {
                _errors.Add($"{operation} streams both ways, which no handler can answer: make it a server stream or a client stream.");
                continue;
            }

            var handlers = classes.Where(handler => Candidates(handler).Any(method => method.Name == operation.Name)).ToList();
            if (handlers.Count != 1)
            {
                _errors.Add(handlers.Count == 0
                    ? $"No query handler implements {operation}: write {Signature(operation)} and register its class with AddQueries<T>()."
                    : $"{string.Join(" and ", handlers.Select(handler => handler.Name))} both implement {operation}: keep one.");
            }
            else if (FindMethod(handlers[0], operation) is { } method)
            {
                methods.Add(Bind(handlers[0], method, operation));
            }
        }

        return methods;
    }

    private QueryMethod Bind(Type handler, MethodInfo method, Operation operation)
    {
        var argument = method.GetParameters()[0].ParameterType;
        var function = typeof(Func<,,,>).MakeGenericType(handler, argument, typeof(Call), method.ReturnType);
        var query = operation.Kind switch
        {
            OperationKind.Unary => typeof(UnaryQuery<,,>),
            OperationKind.ServerStream => typeof(ServerStreamQuery<,,>),
            _ => typeof(ClientStreamQuery<,,>),
        };
        return (QueryMethod)Activator.CreateInstance(
            query.MakeGenericType(handler, operation.RequestType, operation.ReplyType),
            operation,
            new Lazy<object>(() => handlerOf(handler)),
            method.CreateDelegate(function))!;
    }

    private MethodInfo? FindMethod(Type type, Operation operation)
    {
        var named = Candidates(type).Where(method => method.Name == operation.Name).ToList();
        var (argument, reply) = Shape(operation);
        var fitting = named.Find(method =>
            method.ReturnType == reply
            && method.GetParameters() is [var first, var second]
            && first.ParameterType == argument
            && second.ParameterType == typeof(Call));
        if (fitting is null)
        {
            _errors.Add(named.Count == 0
                ? $"{type.Name} has no method for {operation}: write public {Signature(operation)}."
                : $"{type.Name}.{operation.Name} does not fit {operation}: it must be public {Signature(operation)}.");
        }

        return fitting;
    }

    private void CheckExtraMethods(Type type, IEnumerable<Operation> operations)
    {
        var names = operations.Select(operation => operation.Name).ToHashSet(StringComparer.Ordinal);
        _errors.AddRange(Candidates(type)
            .Where(method => !names.Contains(method.Name))
            .Select(method => $"{type.Name}.{method.Name} is public and no rpc of the contracts has its name: declare the rpc, or make the method internal or private."));
    }

    /// <summary>Public methods of the class itself: not those of its base, of its properties, or of interfaces that it implements.</summary>
    private static IEnumerable<MethodInfo> Candidates(Type type)
    {
        var ofInterfaces = type.GetInterfaces().SelectMany(@interface => type.GetInterfaceMap(@interface).TargetMethods).ToHashSet();
        return type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(method => !method.IsSpecialName && !method.IsGenericMethod && !ofInterfaces.Contains(method))
            .Where(method => method.GetBaseDefinition().DeclaringType is { } origin && origin != typeof(object) && origin != typeof(Grain));
    }

    private static (Type Argument, Type Reply) Shape(Operation operation) => operation.Kind switch
    {
        OperationKind.ServerStream => (operation.RequestType, typeof(IAsyncEnumerable<>).MakeGenericType(operation.ReplyType)),
        OperationKind.ClientStream => (typeof(IAsyncEnumerable<>).MakeGenericType(operation.RequestType), typeof(Task<>).MakeGenericType(operation.ReplyType)),
        _ => (operation.RequestType, typeof(Task<>).MakeGenericType(operation.ReplyType)),
    };

    private static string Signature(Operation operation)
    {
        var (request, reply) = (operation.RequestType.Name, operation.ReplyType.Name);
        return operation.Kind switch
        {
            OperationKind.ServerStream => $"IAsyncEnumerable<{reply}> {operation.Name}({request} request, Call call)",
            OperationKind.ClientStream => $"Task<{reply}> {operation.Name}(IAsyncEnumerable<{request}> requests, Call call)",
            _ => $"Task<{reply}> {operation.Name}({request} request, Call call)",
        };
    }
}
