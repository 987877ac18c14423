namespace Cluster.Solana;

/// <summary>The state of a token account.</summary>
public enum TokenAccountState
{
    /// <summary>Not a token account yet.</summary>
    Uninitialized = 0,

    /// <summary>Can send and receive.</summary>
    Initialized = 1,

    /// <summary>The mint's freeze authority lets nothing in or out.</summary>
    Frozen = 2,
}
