using System.Net;
using System.Net.Sockets;

namespace Cluster.Tests.Support;

/// <summary>
/// Loopback ports for servers under test. Prefer port 0: let the server bind it and ask it which port it got
/// (<c>KestrelServer</c>'s addresses, a child process's first line). <see cref="Reserve"/> is for programs that must be
/// told a number.
/// </summary>
public static class LoopbackPort
{
    /// <summary>
    /// A port that nobody listens on. It can be taken by another process before it is used, so the server started on it
    /// must fail loudly when it cannot bind; the system hands out ephemeral ports in turn, so that is rare.
    /// </summary>
    public static int Reserve()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The address of a reserved port.</summary>
    public static Uri ReserveAddress() => new($"http://127.0.0.1:{Reserve()}");
}
