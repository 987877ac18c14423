using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Cluster.Solana;

/// <summary>
/// What mints and token accounts have in common: the length of their base, the byte that tells them apart where
/// Token-2022 extends them, and the extensions as type, length, value (spl-token-2022, <c>extension</c>).
/// </summary>
internal static class TokenAccountLayout
{
    public const int MintSize = 82;
    public const int AccountSize = 165;
    public const byte MintType = 1;
    public const byte AccountType = 2;

    private const int TypeSize = 2;
    private const int HeaderSize = 4;

    /// <summary>Checks program and length of an account and reads its extensions.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Read(
        in PublicKey program, ReadOnlySpan<byte> data, int baseSize, byte type, out ImmutableArray<TokenExtension> extensions)
    {
        extensions = [];
        if (!TokenProgram.IsTokenProgram(program)) return $"{program} owns it, which is no token program";
        if (data.Length == baseSize) return null;
        if (program == TokenProgram.SplTokenId || data.Length <= AccountSize || data.Length == TokenProgram.MultisigSize)
        {
            return $"it has {data.Length} bytes, not {baseSize}";
        }

        if (data[AccountSize] != type) return $"its type is {data[AccountSize]}, not {type}";
        if (data[baseSize..AccountSize].ContainsAnyExcept((byte)0)) return "the padding before its extensions is not zero";
        return ReadExtensions(data, out extensions);
    }

    /// <summary>Bytes of a mint or account with so many bytes of extension values.</summary>
    public static int SizeWith(int baseSize, ReadOnlySpan<int> valueSizes)
    {
        if (valueSizes.IsEmpty) return baseSize;

        var size = AccountSize + 1;
        foreach (var valueSize in valueSizes) size += HeaderSize + valueSize;

        // An account of a multisig's length would be taken for one; the program then adds the length of a type.
        return size == TokenProgram.MultisigSize ? size + TypeSize : size;
    }

    public static TokenExtension? Find(ImmutableArray<TokenExtension> extensions, ExtensionType type)
    {
        foreach (var extension in extensions)
        {
            if (extension.Type == type) return extension;
        }

        return null;
    }

    private static string? ReadExtensions(ReadOnlySpan<byte> data, out ImmutableArray<TokenExtension> extensions)
    {
        var found = ImmutableArray.CreateBuilder<TokenExtension>();
        extensions = [];
        for (var at = AccountSize + 1; data.Length - at >= TypeSize;)
        {
            var type = (ExtensionType)BinaryPrimitives.ReadUInt16LittleEndian(data[at..]);
            if (type == ExtensionType.Uninitialized) break;
            if (data.Length - at < HeaderSize) return $"the extension at byte {at} is cut off";

            var length = BinaryPrimitives.ReadUInt16LittleEndian(data[(at + TypeSize)..]);
            var left = data.Length - at - HeaderSize;
            var value = data[(at + HeaderSize)..];
            var extension = new TokenExtension(type, [.. value[..Math.Min(length, left)]]);
            if (length > left) return $"{extension.Name} at byte {at} has {length} bytes, but {left} are left";
            if (ExtensionSizes.Of(type) is { } size && length != size) return $"{extension.Name} at byte {at} has {length} bytes, not {size}";
            if (found.Any(other => other.Type == type)) return $"{extension.Name} at byte {at} is there twice";
            found.Add(extension);
            at += HeaderSize + length;
        }

        extensions = found.ToImmutable();
        return null;
    }
}
