using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.AzureKeyVault;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Keys;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cluster.Silo.Grains.Keyrings;

/// <summary>
/// Works on an open rotation until it is done, beside the turns of its grain: looks up or makes the new key, wraps page
/// after page of data keys, and in the end disables older keys. Every step is committed with how far it is, so that
/// whoever comes after a death goes on from there.
/// </summary>
internal sealed class KeyRotator(
    Database database,
    KeyringStore keyrings,
    RewrapStore rewraps,
    WalletKeyStore walletKeys,
    KeyEncryptionKeyRing ring,
    TimeProvider time,
    ILogger<KeyRotator> logger)
{
    private const int PageSize = 500;
    private const int Parallelism = 16;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly GrainId Subject = new("keyring", KeyringStore.Wallets);

    /// <summary>Half of what the vault allows: the rest is for those who sign.</summary>
    private readonly OperationBudget? _budget = ring.Provider.OperationsPerTenSeconds is { } limit
        ? new OperationBudget(Math.Max(1, limit / 2), TimeSpan.FromHours(1), time)
        : null;

    /// <summary>Works until nothing is open.</summary>
    /// <param name="opener">Has what unwraps, an older key that is recovered included.</param>
    /// <param name="stopping">Ends it; it goes on with the next run.</param>
    public async Task Run(KeyEnvelope opener, CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await keyrings.Newest(stopping) is not { State: not KeyringState.Done } rotation)
                {
                    return;
                }

                await Step(rotation, opener, stopping);
                failures = 0;
            }
            catch (StaleVersionException)
            {
                // Another process works on it, or did; the row says how far it is.
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is KeyException or NpgsqlException or TimeoutException)
            {
                KeyringLog.HeldUp(logger, error.Message);
                await Report(error, stopping);
                var pause = FirstPause * Math.Pow(2, Math.Min(failures++, 10));
                await Task.Delay(pause < LongestPause ? pause : LongestPause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private Task Step(KeyringRotation rotation, KeyEnvelope opener, CancellationToken stopping) => rotation.State switch
    {
        KeyringState.Preparing => Prepare(rotation, stopping),
        KeyringState.Rewrapping => RewrapPage(rotation, opener, stopping),
        _ => Retire(rotation, stopping),
    };

    /// <summary>The version to be replaced is recorded before a new one is made: after a death it is not made twice.</summary>
    private async Task Prepare(KeyringRotation rotation, CancellationToken stopping)
    {
        if (rotation.SourceKey.Length == 0)
        {
            await ring.Provider.Refresh(stopping);
            var current = await ring.GetCurrent(stopping);
            await Save(rotation with { SourceKey = current.Id }, stopping);
            return;
        }

        var target = rotation.NewVersion ? await ring.Provider.Rotate(rotation.SourceKey, stopping) : await ring.Prove(stopping);
        var total = await rewraps.Count(target.Id, Source(rotation), stopping);
        var used = (await walletKeys.CountByKeyEncryptionKey(stopping)).Select(use => use.KeyEncryptionKeyId);
        string[] older = [.. used.Append(rotation.SourceKey).Distinct(StringComparer.Ordinal).Where(id => id != target.Id)];
        KeyringLog.Rewrapping(logger, total, target.Id);
        await Save(rotation with { State = KeyringState.Rewrapping, TargetKey = target.Id, OlderKeys = older, Total = total, Problem = "" }, stopping);
    }

    private async Task RewrapPage(KeyringRotation rotation, KeyEnvelope opener, CancellationToken stopping)
    {
        var target = ring.Find(rotation.TargetKey)
            ?? throw new KeyException($"The rotation goes to {rotation.TargetKey}, which this process does not have.", isTransient: true);
        var page = await rewraps.Page(target.Id, Source(rotation), rotation.CursorWallet, rotation.CursorVersion, PageSize, stopping);
        if (page.Count == 0)
        {
            await EndPass(rotation, stopping);
            return;
        }

        var results = new (SealedKey? Rewrapped, string? Failure)[page.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, page.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = stopping },
            async (index, cancellationToken) => results[index] = await Rewrap(page[index], target, opener, cancellationToken));

        var changes = database.Change();
        int[] done = [.. Enumerable.Range(0, page.Count).Where(index => results[index].Rewrapped is not null)];
        RewrapStore.Write(changes, [.. done.Select(index => page[index])], [.. done.Select(index => results[index].Rewrapped!)]);
        for (var index = 0; index < page.Count; index++)
        {
            if (results[index].Failure is { } reason)
            {
                KeyringStore.AddFailure(changes, rotation.RotationId, new KeyringFailure(page[index].WalletId, page[index].Version, reason));
            }
        }

        keyrings.Update(changes, rotation with
        {
            Rewrapped = rotation.Rewrapped + done.Length,
            PassRewrapped = rotation.PassRewrapped + done.Length,
            Failed = rotation.Failed + (rotation.PassRewrapped == rotation.Rewrapped ? page.Count - done.Length : 0),
            CursorWallet = page[^1].WalletId,
            CursorVersion = page[^1].Version,
            Problem = "",
        });
        await database.Commit(changes, stopping);
    }

    private async Task<(SealedKey? Rewrapped, string? Failure)> Rewrap(SealedKey key, IKeyEncryptionKey target, KeyEnvelope opener, CancellationToken cancellationToken)
    {
        if (_budget is not null)
        {
            await _budget.Enter(cancellationToken);
            await _budget.Enter(cancellationToken);
        }

        try
        {
            return (await opener.Rewrap(key, target, cancellationToken), null);
        }
        catch (KeyException error) when (!error.IsTransient)
        {
            return (null, error.Message);
        }
    }

    /// <summary>Keys that other processes wrapped under the older key meanwhile are found by another pass.</summary>
    private async Task EndPass(KeyringRotation rotation, CancellationToken stopping)
    {
        var left = await rewraps.Count(rotation.TargetKey, Source(rotation), stopping);
        if (left > rotation.Failed && rotation.PassRewrapped > 0)
        {
            await Save(rotation with { CursorWallet = "", CursorVersion = 0, PassRewrapped = 0, Total = rotation.Rewrapped + left }, stopping);
            return;
        }

        await Save(rotation with { State = rotation.Retire ? KeyringState.Retiring : KeyringState.Done, Failed = left }, stopping, isEnd: !rotation.Retire);
    }

    /// <summary>Keys that were replaced are disabled once nothing is wrapped under them; the current one never is.</summary>
    private async Task Retire(KeyringRotation rotation, CancellationToken stopping)
    {
        var inUse = new List<string>();
        foreach (var keyId in rotation.OlderKeys)
        {
            if (!await keyrings.Retire(keyId, stopping))
            {
                inUse.Add(keyId);
                continue;
            }

            await ring.Disable(keyId, stopping);
            var changes = database.Change();
            keyrings.Disabled(changes, keyId);
            changes.Audit(Call.System("keyring", stopping), "keys.disable", Subject, new AuditDetail().Add("key", keyId).ToString());
            await database.Commit(changes, stopping);
        }

        var problem = inUse.Count > 0 ? $"wallets' keys are still wrapped under {string.Join(", ", inUse)}: not disabled" : "";
        await Save(rotation with { State = KeyringState.Done, Problem = problem }, stopping, isEnd: true);
    }

    private async Task Save(KeyringRotation rotation, CancellationToken stopping, bool isEnd = false)
    {
        var changes = database.Change();
        keyrings.Update(changes, rotation);
        if (isEnd)
        {
            var detail = new AuditDetail()
                .Add("target_key", rotation.TargetKey)
                .Add("rewrapped", (ulong)rotation.Rewrapped)
                .Add("failed", (ulong)rotation.Failed);
            changes.Audit(Call.System("keyring", stopping), rotation.IsRecovery ? "keys.recovered" : "keys.rotated", Subject, detail.ToString());
            KeyringLog.Ended(logger, rotation.Rewrapped, rotation.TargetKey, rotation.Failed);
        }

        await database.Commit(changes, stopping);
    }

    /// <summary>So that whoever asks for the status learns what is being waited for.</summary>
    private async Task Report(Exception problem, CancellationToken stopping)
    {
        try
        {
            if (problem is KeyException && await keyrings.Newest(stopping) is { State: not KeyringState.Done } rotation)
            {
                await Save(rotation with { Problem = problem.Message }, stopping);
            }
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or StaleVersionException or OperationCanceledException)
        {
            KeyringLog.HeldUp(logger, error.Message);
        }
    }

    private static string Source(KeyringRotation rotation) => rotation.IsRecovery ? rotation.SourceKey : "";
}
