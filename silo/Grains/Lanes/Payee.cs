using System.Runtime.InteropServices;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>A recipient and what the chain says of the account that it is paid into.</summary>
/// <param name="Recipient">Who is owed what.</param>
/// <param name="Account">Its token account; for SOL the recipient itself.</param>
/// <param name="Bump">The bump seed of the token account.</param>
/// <param name="State">Whether the account can be paid into.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Payee(Recipient Recipient, PublicKey Account, byte Bump, PayeeState State)
{
    /// <summary>For the packer.</summary>
    public TokenPayout ToTokenPayout() =>
        new(Recipient.Owner, Account, Recipient.Amount, State == PayeeState.Missing, Bump);
}

/// <summary>Whether a recipient's account can be paid into.</summary>
internal enum PayeeState : byte
{
    /// <summary>Not looked up.</summary>
    Unknown = 0,

    /// <summary>It stands and takes payments.</summary>
    Ready = 1,

    /// <summary>It is made with the payment.</summary>
    Missing = 2,

    /// <summary>It cannot be paid into.</summary>
    Refused = 3,
}
