using System.Net.Sockets;
using Cluster.Gateway.Hosting;
using Orleans.Runtime;

namespace Cluster.OrleansHost.Hosting;

/// <summary>Says why Orleans could not start, in sentences that name the remedy.</summary>
internal static class OrleansStartFailure
{
    /// <summary>The sentences and the exit code; null where it was not Orleans.</summary>
    public static (IReadOnlyList<string> Sentences, int ExitCode)? Explain(Exception error) => error switch
    {
        OrleansConfigurationException invalid => ([invalid.Message], StartFailure.Misconfigured),
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            ([$"A port of this silo is taken: set {OrleansOptions.Section}:{nameof(OrleansOptions.SiloPort)} and {nameof(OrleansOptions.GatewayPort)} to ports that nothing listens on."], StartFailure.Unavailable),
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AccessDenied } socket =>
            ([$"The silo cannot listen: {socket.Message}. Set {OrleansOptions.Section}:{nameof(OrleansOptions.Address)} to an address of this machine."], StartFailure.Misconfigured),
        OrleansException { InnerException: { } inner } => Explain(inner),
        _ => null,
    };
}
