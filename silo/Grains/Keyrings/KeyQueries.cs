using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Keys;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;
using KeyEncryptionKey = Cluster.V1.KeyEncryptionKey;
using KeyHolder = Cluster.V1.KeyHolder;

namespace Cluster.Silo.Grains.Keyrings;

/// <summary>What is known of key-encryption keys without having one, and the order to wipe opened keys.</summary>
/// <param name="walletKeys">Under what wallets' keys are wrapped.</param>
/// <param name="keyrings">Rotations.</param>
/// <param name="holders">Processes that open keys.</param>
/// <param name="time">The clock.</param>
internal sealed class KeyQueries(WalletKeyStore walletKeys, KeyringStore keyrings, KeyHolderStore holders, TimeProvider time)
{
    private const int MaxFailures = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    public async Task<KeyStatus> GetKeyStatus(GetKeyStatusRequest request, Call call)
    {
        var uses = await walletKeys.CountByKeyEncryptionKey(call.Cancellation);
        var present = await holders.List(call.Cancellation);
        var retired = (await keyrings.ListRetired(call.Cancellation)).ToDictionary(key => key.KeyId, StringComparer.Ordinal);
        var status = new KeyStatus();
        var current = present.Select(holder => holder.CurrentKey).ToHashSet(StringComparer.Ordinal);
        var counts = uses.ToDictionary(use => use.KeyEncryptionKeyId, use => use.Keys, StringComparer.Ordinal);
        foreach (var id in counts.Keys.Union(current).Union(retired.Keys).Order(StringComparer.Ordinal))
        {
            status.Keys.Add(new KeyEncryptionKey
            {
                KeyId = id,
                WalletKeys = (ulong)counts.GetValueOrDefault(id),
                Current = current.Contains(id),
                Retired = retired.ContainsKey(id),
                Disabled = retired.TryGetValue(id, out var key) && key.IsDisabled,
            });
        }

        status.Holders.AddRange(present.Select(holder => new KeyHolder
        {
            HolderId = holder.HolderId,
            CurrentKey = holder.CurrentKey,
            OpenedKeys = (uint)holder.OpenedKeys,
            SeenTime = holder.SeenAt.ToTimestamp(),
        }));
        if (await keyrings.Newest(call.Cancellation) is { } rotation)
        {
            status.Rotation = rotation.ToMessage(await keyrings.ListFailures(rotation.RotationId, MaxFailures, call.Cancellation));
        }

        return status;
    }

    public async Task<ClearKeyCacheReply> ClearKeyCache(ClearKeyCacheRequest request, Call call)
    {
        var order = await holders.OrderClear(call);
        var start = time.GetTimestamp();
        while (true)
        {
            var present = await holders.List(call.Cancellation);
            if (present.All(holder => holder.Cleared >= order) || time.GetElapsedTime(start) > Patience)
            {
                var reply = new ClearKeyCacheReply();
                reply.Cleared.AddRange(present.Where(holder => holder.Cleared >= order).Select(holder => holder.HolderId));
                reply.Silent.AddRange(present.Where(holder => holder.Cleared < order).Select(holder => holder.HolderId));
                return reply;
            }

            await Task.Delay(LookAgain, time, call.Cancellation);
        }
    }
}
