using System.Diagnostics;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;
using Orleans;

namespace Cluster.OrleansHost.Calls;

/// <summary>
/// A call on its way to a grain. Within a silo the request and its call travel as they are, uncopied; between silos as
/// <see cref="InvocationOnWire"/>.
/// </summary>
[Immutable]
public sealed class Invocation
{
    private readonly IMessage? _request;
    private readonly Call? _call;
    private readonly InvocationOnWire _received;

    /// <summary>A call of this process.</summary>
    /// <param name="operation">The rpc.</param>
    /// <param name="request">Its request; nobody changes it any more.</param>
    /// <param name="call">With a deadline.</param>
    /// <param name="left">Until the deadline.</param>
    /// <param name="place">Among the calls of this process to the grain.</param>
    internal Invocation(Operation operation, IMessage request, Call call, TimeSpan left, PlaceInLine place) =>
        (Path, _request, _call, Left, Place) = (operation.Path, request, call, left, place);

    /// <summary>A call that another process made.</summary>
    internal Invocation(in InvocationOnWire received) => (Path, _received, Left, Place) =
        (received.Path, received, received.Left, new PlaceInLine(received.Origin, received.Number, received.After));

    /// <summary>The rpc by gRPC's path, for example <c>/cluster.v1.Wallets/Transfer</c>.</summary>
    internal string Path { get; }

    /// <summary>Until the deadline, when the call was made. A duration, because clocks differ from machine to machine.</summary>
    internal TimeSpan Left { get; }

    /// <summary>Which of its process's calls to the grain it is.</summary>
    internal PlaceInLine Place { get; }

    /// <summary>The request.</summary>
    /// <param name="operation">The rpc of <see cref="Path"/>.</param>
    /// <exception cref="InvalidProtocolBufferException">The bytes are of another message.</exception>
    internal IMessage Request(Operation operation) => _request ?? operation.Method.InputType.Parser.ParseFrom(_received.Request);

    /// <summary>What travels with it, as the callee's process has it.</summary>
    /// <param name="time">The callee's clock.</param>
    /// <param name="cancellation">Fires when the caller gives up.</param>
    internal Call Call(TimeProvider time, CancellationToken cancellation)
    {
        if (_call is not null)
        {
            return _call;
        }

        _ = ActivityContext.TryParse(_received.TraceParent, _received.TraceState, isRemote: true, out var trace);
        return new Call(
            new Caller(_received.CallerId, _received.CallerName, _received.CallerAddress)
            {
                PrincipalId = _received.CallerPrincipalId ?? "",
                Role = _received.CallerRole ?? "",
                UserAgent = _received.CallerUserAgent ?? "",
                HasSecondFactor = _received.CallerHasSecondFactor,
            },
            _received.RequestId,
            time.GetUtcNow() + Left,
            trace,
            cancellation);
    }

    /// <summary>What another process gets.</summary>
    internal InvocationOnWire ToWire() => _call is null || _request is null
        ? _received
        : new InvocationOnWire
        {
            Path = Path,
            Request = _request.ToByteArray(),
            CallerId = _call.Caller.Id,
            CallerName = _call.Caller.Name,
            CallerAddress = _call.Caller.Address,
            RequestId = _call.RequestId,
            Left = Left,
            TraceParent = TraceParent(_call.Trace),
            TraceState = _call.Trace.TraceState,
            Origin = Place.Origin,
            Number = Place.Number,
            After = Place.After,
            CallerPrincipalId = _call.Caller.PrincipalId,
            CallerRole = _call.Caller.Role,
            CallerUserAgent = _call.Caller.UserAgent,
            CallerHasSecondFactor = _call.Caller.HasSecondFactor,
        };

    /// <summary>The W3C's <c>traceparent</c>; null where there is no trace.</summary>
    private static string? TraceParent(ActivityContext trace) => trace == default
        ? null
        : $"00-{trace.TraceId}-{trace.SpanId}-{(trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
}

/// <summary>
/// An <see cref="Invocation"/> between silos. The numbers of the fields are the format: one that is new gets a new
/// number, one that is gone leaves a gap.
/// </summary>
[GenerateSerializer]
[Alias("cluster.Invocation")]
public struct InvocationOnWire
{
    /// <summary>gRPC's path of the rpc.</summary>
    [Id(0)]
    public string Path { get; set; }

    /// <summary>The request, serialized by protobuf.</summary>
    [Id(1)]
    public byte[] Request { get; set; }

    /// <summary><see cref="Caller.Id"/>.</summary>
    [Id(2)]
    public string CallerId { get; set; }

    /// <summary><see cref="Caller.Name"/>.</summary>
    [Id(3)]
    public string CallerName { get; set; }

    /// <summary><see cref="Caller.Address"/>.</summary>
    [Id(4)]
    public string? CallerAddress { get; set; }

    /// <summary><see cref="Call.RequestId"/>.</summary>
    [Id(5)]
    public string RequestId { get; set; }

    /// <summary><see cref="Invocation.Left"/>.</summary>
    [Id(6)]
    public TimeSpan Left { get; set; }

    /// <summary>The W3C's <c>traceparent</c>; null where there is no trace.</summary>
    [Id(7)]
    public string? TraceParent { get; set; }

    /// <summary>The W3C's <c>tracestate</c>.</summary>
    [Id(8)]
    public string? TraceState { get; set; }

    /// <summary><see cref="PlaceInLine.Origin"/>.</summary>
    [Id(9)]
    public Guid Origin { get; set; }

    /// <summary><see cref="PlaceInLine.Number"/>.</summary>
    [Id(10)]
    public long Number { get; set; }

    /// <summary><see cref="PlaceInLine.After"/>.</summary>
    [Id(11)]
    public long After { get; set; }

    /// <summary><see cref="Caller.PrincipalId"/>.</summary>
    [Id(12)]
    public string? CallerPrincipalId { get; set; }

    /// <summary><see cref="Caller.Role"/>.</summary>
    [Id(13)]
    public string? CallerRole { get; set; }

    /// <summary><see cref="Caller.UserAgent"/>.</summary>
    [Id(14)]
    public string? CallerUserAgent { get; set; }

    /// <summary><see cref="Caller.HasSecondFactor"/>.</summary>
    [Id(15)]
    public bool CallerHasSecondFactor { get; set; }
}

/// <summary>Brings an <see cref="Invocation"/> onto the wire and back.</summary>
[RegisterConverter]
public sealed class InvocationConverter : IConverter<Invocation, InvocationOnWire>
{
    /// <inheritdoc/>
    public Invocation ConvertFromSurrogate(in InvocationOnWire surrogate) => new(surrogate);

    /// <inheritdoc/>
    public InvocationOnWire ConvertToSurrogate(in Invocation value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.ToWire();
    }
}
