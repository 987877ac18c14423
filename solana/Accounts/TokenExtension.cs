using System.Collections.Immutable;

namespace Cluster.Solana;

/// <summary>An extension of a mint or a token account, as it lies in the account.</summary>
/// <param name="Type">Which extension; may be a number that has no name here.</param>
/// <param name="Value">Its bytes.</param>
public sealed record TokenExtension(ExtensionType Type, ImmutableArray<byte> Value)
{
    /// <summary>Whether this code knows what the extension means.</summary>
    public bool IsKnown => Enum.IsDefined(Type);

    /// <summary>The extension's name, or its number where it has none here, for messages to people.</summary>
    public string Name => IsKnown ? Type.ToString() : $"unknown extension {(int)Type}";
}
