using Cluster.Grpc.Wire;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Grpc.Client.Internal;

/// <summary>Turns the requests of one call into frames.</summary>
internal sealed class RequestEncoder(MethodDescriptor method, GrpcChannelOptions options, bool compress)
{
    private const int SmallestBuffer = 256;

    /// <exception cref="ArgumentException">The request is not what the method takes.</exception>
    public void Demand(IMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!method.InputType.ClrType.IsInstanceOfType(request))
        {
            throw new ArgumentException($"{method.FullName} takes {method.InputType.FullName}, not {request.Descriptor.FullName}", nameof(request));
        }
    }

    public PooledBuffer Encode(IMessage request)
    {
        var frame = new PooledBuffer(SmallestBuffer);
        try
        {
            if (compress)
            {
                MessageEncoder.WriteGzip(frame, request, options.MaxSendMessageSize, options.CompressionLevel);
            }
            else
            {
                MessageEncoder.Write(frame, request, options.MaxSendMessageSize);
            }

            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }
}
