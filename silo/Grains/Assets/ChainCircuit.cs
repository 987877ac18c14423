using Cluster.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Grains.Assets;

/// <summary>
/// Keeps turns from waiting one after the other for a chain that does not answer: once a read has missed its deadline,
/// reads are refused at once, but for one every while that finds out whether the chain is back. Any answer, even one that
/// came too late for who had asked, lets all of them through again.
/// </summary>
/// <param name="options">Says how long reads are refused.</param>
/// <param name="time">Measures it.</param>
public sealed class ChainCircuit(IOptions<ChainReaderOptions> options, TimeProvider time)
{
    private readonly TimeSpan _refuseFor = options.Value.RefuseFor;
    private readonly Lock _gate = new();
    private bool _isOpen;
    private bool _isProbing;
    private long _openedAt;

    /// <summary>Runs all the reads of one turn, or refuses them.</summary>
    /// <typeparam name="T">What they find.</typeparam>
    /// <param name="read">Asks the chain.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.Unavailable"/>: the chain did not answer those who asked before.
    /// </exception>
    public async Task<T> Guard<T>(Func<Task<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var isProbe = Enter();
        try
        {
            return await read();
        }
        finally
        {
            if (isProbe)
            {
                EndProbe();
            }
        }
    }

    /// <summary>The chain has answered.</summary>
    internal void OnAnswer()
    {
        if (Volatile.Read(ref _isOpen))
        {
            lock (_gate)
            {
                _isOpen = false;
            }
        }
    }

    /// <summary>A read got no answer before its deadline.</summary>
    internal void OnSilence()
    {
        lock (_gate)
        {
            (_isOpen, _openedAt) = (true, time.GetTimestamp());
        }
    }

    /// <returns>Whether this caller finds out for all others.</returns>
    private bool Enter()
    {
        lock (_gate)
        {
            if (!_isOpen)
            {
                return false;
            }

            if (_isProbing || time.GetElapsedTime(_openedAt) < _refuseFor)
            {
                throw new ClusterException(
                    StatusCode.Unavailable,
                    "The chain has not answered lately and is being tried again; this call did not wait for it. Nothing was changed, try again.");
            }

            return _isProbing = true;
        }
    }

    private void EndProbe()
    {
        lock (_gate)
        {
            _isProbing = false;
        }
    }
}
