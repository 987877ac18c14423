using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;
using Orleans;

namespace Cluster.OrleansHost.Calls;

/// <summary>What a grain answered: a message, or a status and why. Within a silo the message travels uncopied.</summary>
[Immutable]
public sealed class Reply
{
    private readonly IMessage? _message;
    private readonly ReplyOnWire _received;

    /// <summary>Success.</summary>
    internal Reply(IMessage message) => _message = message;

    /// <summary>A refusal.</summary>
    internal Reply(ClusterException refusal) =>
        _received = new ReplyOnWire { Status = (int)refusal.Status, Detail = refusal.Message };

    /// <summary>What another process answered.</summary>
    internal Reply(in ReplyOnWire received) => _received = received;

    /// <summary>The message.</summary>
    /// <param name="operation">The rpc that is answered.</param>
    /// <exception cref="ClusterException">The call was refused.</exception>
    /// <exception cref="InvalidProtocolBufferException">The bytes are of another message.</exception>
    internal IMessage Message(Operation operation)
    {
        if (_message is not null)
        {
            return _message;
        }

        return _received.Status == (int)StatusCode.Ok
            ? operation.Method.OutputType.Parser.ParseFrom(_received.Message)
            : throw new ClusterException((StatusCode)_received.Status, _received.Detail ?? "");
    }

    /// <summary>What another process gets.</summary>
    internal ReplyOnWire ToWire() => _message is null ? _received : new ReplyOnWire { Message = _message.ToByteArray() };
}

/// <summary>A <see cref="Reply"/> between silos. The numbers of the fields are the format.</summary>
[GenerateSerializer]
[Alias("cluster.Reply")]
public struct ReplyOnWire
{
    /// <summary>gRPC's number of the status; zero is success.</summary>
    [Id(0)]
    public int Status { get; set; }

    /// <summary>Why; null on success.</summary>
    [Id(1)]
    public string? Detail { get; set; }

    /// <summary>The reply, serialized by protobuf; null on failure.</summary>
    [Id(2)]
    public byte[]? Message { get; set; }
}

/// <summary>Brings a <see cref="Reply"/> onto the wire and back.</summary>
[RegisterConverter]
public sealed class ReplyConverter : IConverter<Reply, ReplyOnWire>
{
    /// <inheritdoc/>
    public Reply ConvertFromSurrogate(in ReplyOnWire surrogate) => new(surrogate);

    /// <inheritdoc/>
    public ReplyOnWire ConvertToSurrogate(in Reply value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.ToWire();
    }
}
