using System.Net;
using System.Net.Sockets;

namespace Cluster.Tests.Support;

/// <summary>A way to a server that can be cut: passes bytes on between loopback and the server until it dies.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly List<TcpClient> _ends = [];
    private readonly List<Task> _work = [];
    private readonly Lock _gate = new();
    private bool _isDead;

    /// <summary>Listens at once.</summary>
    /// <param name="server">On loopback.</param>
    public TcpRelay(Uri server)
    {
        _server = new IPEndPoint(IPAddress.Loopback, server.Port);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _work.Add(Accept());
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>How many connections were made to it.</summary>
    public int Connections { get; private set; }

    /// <summary>Resets every connection and refuses new ones, as the death of a process does.</summary>
    public void Die()
    {
        lock (_gate)
        {
            _isDead = true;
            _listener.Stop();
            foreach (var end in _ends)
            {
                end.LingerState = new LingerOption(enable: true, seconds: 0);
                end.Close();
            }

            _ends.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Die();
        Task[] work;
        lock (_gate)
        {
            work = [.. _work];
        }

        await Task.WhenAll(work);
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                Begin(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It died.
        }
    }

    private void Begin(TcpClient caller)
    {
        lock (_gate)
        {
            if (_isDead)
            {
                caller.Dispose();
                return;
            }

            Connections++;
            _ends.Add(caller);
            _work.Add(Relay(caller));
        }
    }

    private async Task Relay(TcpClient caller)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(_server);
            await Task.WhenAny(
                caller.GetStream().CopyToAsync(server.GetStream()),
                server.GetStream().CopyToAsync(caller.GetStream()));
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side went away.
        }
        finally
        {
            lock (_gate)
            {
                if (_ends.Remove(caller))
                {
                    caller.Dispose();
                }
            }
        }
    }
}
