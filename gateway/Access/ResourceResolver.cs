using System.Collections.Concurrent;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Storage.Access;

namespace Cluster.Gateway.Access;

/// <summary>
/// Finds the wallet and the project that a request is about. Both stay what they are for as long as wallet and campaign
/// live, so each is looked up once; what does not exist yet is looked up every time.
/// </summary>
internal sealed class ResourceResolver(ResourceStore store)
{
    /// <summary>Wallets and campaigns remembered; when there are more, all are forgotten, which costs a look-up each.</summary>
    private const int MaxRemembered = 100_000;

    /// <summary>No wallet has a longer id; a longer one is not worth a look-up.</summary>
    private const int MaxIdLength = 128;

    private readonly ConcurrentDictionary<string, string> _projects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _sources = new(StringComparer.Ordinal);

    /// <summary>What an id stands for; null where it stands for no single wallet, so that the permission is needed on everything.</summary>
    /// <param name="kind">What the id names.</param>
    /// <param name="id">From the request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Resource?> Resolve(ResourceKind kind, string id, CancellationToken cancellationToken)
    {
        if (id.Length is 0 or > MaxIdLength || id.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (kind == ResourceKind.Campaign)
        {
            var source = await Remembered(_sources, id, store.FindSource, cancellationToken);
            return source is null ? null : await OfWallet(source, cancellationToken);
        }

        return kind == ResourceKind.Wallet ? await OfWallet(id, cancellationToken) : null;
    }

    private async ValueTask<Resource> OfWallet(string walletId, CancellationToken cancellationToken) =>
        new(walletId, await Remembered(_projects, walletId, store.FindProject, cancellationToken));

    private static async ValueTask<string?> Remembered(
        ConcurrentDictionary<string, string> known,
        string id,
        Func<string, CancellationToken, Task<string?>> find,
        CancellationToken cancellationToken)
    {
        if (known.TryGetValue(id, out var remembered))
        {
            return remembered;
        }

        var found = await find(id, cancellationToken);
        if (found is not null)
        {
            if (known.Count >= MaxRemembered)
            {
                known.Clear();
            }

            known[id] = found;
        }

        return found;
    }
}
