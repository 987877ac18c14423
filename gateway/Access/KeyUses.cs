using System.Collections.Concurrent;
using System.Net;
using Cluster.Silo.Storage.Access;
using Npgsql;

namespace Cluster.Gateway.Access;

/// <summary>When and from where keys were last used; written every few seconds, so that a busy key costs a row a period.</summary>
internal sealed partial class KeyUses(ApiKeyStore store, TimeProvider time, ILogger<KeyUses> log)
{
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, IPAddress? From)> _uses = new(StringComparer.Ordinal);

    /// <summary>A request of this key was let in. To the second: a busy key's calls must not meet here.</summary>
    public void Mark(string keyId, IPAddress? from)
    {
        var now = time.GetUtcNow();
        if (!_uses.TryGetValue(keyId, out var use) || now - use.At >= Precision || !Equals(use.From, from))
        {
            _uses[keyId] = (now, from);
        }
    }

    /// <summary>Writes what was marked since the last time; where that fails, it is tried again the next time.</summary>
    public async Task Write(CancellationToken cancellationToken)
    {
        var taken = new List<(string KeyId, DateTimeOffset At, string? From)>();
        foreach (var keyId in _uses.Keys)
        {
            if (_uses.TryRemove(keyId, out var use))
            {
                taken.Add((keyId, use.At, use.From?.ToString()));
            }
        }

        if (taken.Count == 0)
        {
            return;
        }

        try
        {
            await store.MarkUsed(taken, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            LogNotWritten(error, taken.Count);
            foreach (var (keyId, at, from) in taken)
            {
                _uses.TryAdd(keyId, (at, from is null ? null : IPAddress.Parse(from)));
            }
        }
    }

    [LoggerMessage(4105, LogLevel.Information, "The last uses of {Count} API keys could not be written; they are written later")]
    private partial void LogNotWritten(Exception error, int count);
}
