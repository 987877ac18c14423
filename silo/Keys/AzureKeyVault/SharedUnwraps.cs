namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>
/// Makes one request of all unwraps of the same wrapped key that are asked for at once. It ends when the last of them has
/// given up, and what it brought is wiped when the last of them has taken it.
/// </summary>
internal sealed class SharedUnwraps
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Flight> _flights = new(StringComparer.Ordinal);

    /// <summary>Unwraps, or waits for who does.</summary>
    /// <param name="wrapped">What all share.</param>
    /// <param name="dataKey">Takes the answer.</param>
    /// <param name="unwrap">Asks the vault.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask Run(
        ReadOnlyMemory<byte> wrapped, Memory<byte> dataKey, Func<Memory<byte>, CancellationToken, Task> unwrap, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexString(wrapped.Span);
        var flight = Join(name, dataKey.Length, unwrap);
        try
        {
            await flight.Landing.WaitAsync(cancellationToken);
            flight.DataKey.Span.CopyTo(dataKey.Span);
        }
        finally
        {
            Leave(name, flight);
        }
    }

    private Flight Join(string name, int size, Func<Memory<byte>, CancellationToken, Task> unwrap)
    {
        lock (_gate)
        {
            if (!_flights.TryGetValue(name, out var flight))
            {
                flight = new Flight(size, unwrap);
                _flights.Add(name, flight);
            }

            flight.Passengers++;
            return flight;
        }
    }

    private void Leave(string name, Flight flight)
    {
        lock (_gate)
        {
            if (--flight.Passengers > 0)
            {
                return;
            }

            _flights.Remove(name);
        }

        flight.Dispose();
    }

    private sealed class Flight : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Flight(int size, Func<Memory<byte>, CancellationToken, Task> unwrap)
        {
            DataKey = new SecretBytes(size);
            Landing = Task.Run(() => unwrap(DataKey.Memory, _stop.Token));
        }

        public SecretBytes DataKey { get; }

        public Task Landing { get; }

        public int Passengers { get; set; }

        /// <summary>A request under way may still write into the memory: it is wiped after that.</summary>
        public void Dispose()
        {
            _stop.Cancel();
            _ = Landing.ContinueWith(
                landed =>
                {
                    _ = landed.Exception;
                    DataKey.Dispose();
                    _stop.Dispose();
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
