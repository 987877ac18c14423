namespace Cluster.Silo.Storage.Keys;

/// <summary>A rotation or recovery, as its row says.</summary>
/// <param name="RotationId">Grows.</param>
/// <param name="IsRecovery">Only what one older key wrapped is wrapped anew.</param>
/// <param name="State">How far it is.</param>
/// <param name="NewVersion">Whether a new version has to be made first.</param>
/// <param name="Retire">Whether older keys are disabled in the end.</param>
/// <param name="SourceKey">Current at the start, once it is known; for a recovery the older key.</param>
/// <param name="TargetKey">The key from now on, once it is known.</param>
/// <param name="Total">Keys to be wrapped anew.</param>
/// <param name="Rewrapped">Keys that are.</param>
/// <param name="Failed">Keys that could not be opened.</param>
/// <param name="CursorWallet">The last wallet of the page before.</param>
/// <param name="CursorVersion">And the version of its key.</param>
/// <param name="PassRewrapped">Done since the pass over all keys began.</param>
/// <param name="Problem">What it waits for, or why it ended early.</param>
/// <param name="StartedAt">When it was asked for.</param>
/// <param name="EndedAt">When it was done; null until then.</param>
/// <param name="OlderKeys">Under which keys wallets' keys were wrapped when it began.</param>
/// <param name="Version">Of the row.</param>
public sealed record KeyringRotation(
    long RotationId,
    bool IsRecovery,
    KeyringState State,
    bool NewVersion,
    bool Retire,
    string SourceKey,
    string TargetKey,
    long Total,
    long Rewrapped,
    long Failed,
    string CursorWallet,
    int CursorVersion,
    long PassRewrapped,
    string Problem,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    IReadOnlyList<string> OlderKeys,
    long Version);

/// <summary>How far a rotation is.</summary>
public enum KeyringState
{
    /// <summary>The new key is being made or looked up.</summary>
    Preparing,

    /// <summary>Data keys are being wrapped anew.</summary>
    Rewrapping,

    /// <summary>Older keys are being disabled.</summary>
    Retiring,

    /// <summary>Ended.</summary>
    Done,
}

/// <summary>A wallet's key that a rotation could not open.</summary>
/// <param name="WalletId">Whose.</param>
/// <param name="KeyVersion">Which.</param>
/// <param name="Reason">Why.</param>
public sealed record KeyringFailure(string WalletId, int KeyVersion, string Reason);

/// <summary>A key under which nothing may be wrapped any more.</summary>
/// <param name="KeyId">Which.</param>
/// <param name="IsDisabled">Whether it was disabled where it is kept.</param>
public sealed record RetiredKey(string KeyId, bool IsDisabled);
