using Cluster.Grpc.Client;

namespace Cluster.Cli.Connection;

/// <summary>
/// The gateways of one cluster, of which any can take any call. Calls go to one of them until it fails; the first in the
/// list is the first to be asked. Safe for concurrent use.
/// </summary>
internal sealed class Gateways : IDisposable
{
    /// <summary>A gateway that froze is left for another one within half a minute, and not after minutes.</summary>
    private static readonly GrpcChannelOptions Options = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        KeepAlivePingDelay = TimeSpan.FromSeconds(15),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
    };

    private readonly GrpcChannel[] _channels;
    private int _current;

    /// <summary>Prepares the connections.</summary>
    /// <param name="addresses">One or more.</param>
    /// <exception cref="CommandException">An address is not one that can be called.</exception>
    public Gateways(IReadOnlyList<Uri> addresses)
    {
        try
        {
            _channels = [.. addresses.Select(address => new GrpcChannel(address, Options))];
        }
        catch (ArgumentException error)
        {
            throw new CommandException(error.Message, ExitCode.Usage);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _channels.Length;

    /// <summary>The one to be asked now.</summary>
    public GrpcChannel Current => _channels[Volatile.Read(ref _current)];

    /// <summary>Leaves a gateway that failed for the next one, unless another call has left it already.</summary>
    /// <param name="failed">The gateway.</param>
    public void Leave(GrpcChannel failed)
    {
        var index = Array.IndexOf(_channels, failed);
        Interlocked.CompareExchange(ref _current, (index + 1) % _channels.Length, index);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
    }
}
