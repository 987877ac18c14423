using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>What an instruction may do with an account. Roles of one account in many instructions add up.</summary>
[Flags]
public enum AccountRole
{
    /// <summary>The account is only read.</summary>
    Readonly = 0,

    /// <summary>The account may be changed, which locks it for the transaction.</summary>
    Writable = 1,

    /// <summary>The account must sign.</summary>
    ReadonlySigner = 2,

    /// <summary>The account must sign and may be changed.</summary>
    WritableSigner = Writable | ReadonlySigner,
}

/// <summary>An account that an instruction names.</summary>
/// <param name="Key">The account's address.</param>
/// <param name="Role">What the instruction may do with it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AccountMeta(PublicKey Key, AccountRole Role)
{
    /// <summary>An account that is only read.</summary>
    public static AccountMeta Readonly(in PublicKey key) => new(key, AccountRole.Readonly);

    /// <summary>An account that may be changed.</summary>
    public static AccountMeta Writable(in PublicKey key) => new(key, AccountRole.Writable);

    /// <summary>An account that must sign.</summary>
    public static AccountMeta ReadonlySigner(in PublicKey key) => new(key, AccountRole.ReadonlySigner);

    /// <summary>An account that must sign and may be changed.</summary>
    public static AccountMeta WritableSigner(in PublicKey key) => new(key, AccountRole.WritableSigner);
}
