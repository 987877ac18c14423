using System.Buffers.Binary;
using Cluster.Solana;

namespace Cluster.Tests.Silo.Assets;

/// <summary>Accounts as the token programs lay them out, made byte by byte.</summary>
internal static class AssetAccounts
{
    private const int AccountSize = 165;
    private const int MintType = 1;
    private const int AccountType = 2;

    public static PublicKey Key(byte number)
    {
        var bytes = new byte[PublicKey.Size];
        bytes.AsSpan().Fill(number);
        return PublicKey.FromBytes(bytes);
    }

    /// <summary>A mint of Token-2022 with extensions.</summary>
    public static AccountInfo Mint(params (ExtensionType Type, byte[] Value)[] extensions)
    {
        var data = new byte[82];
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(36), 1_000);
        data[44] = 6;
        data[45] = 1;
        return new AccountInfo(1_000_000, TokenProgram.Token2022Id, Extend(data, MintType, extensions), Executable: false);
    }

    /// <summary>A token account of Token-2022 with extensions.</summary>
    public static AccountInfo Tokens(
        PublicKey mint, PublicKey owner, TokenAccountState state = TokenAccountState.Initialized, params (ExtensionType Type, byte[] Value)[] extensions)
    {
        var data = new byte[AccountSize];
        mint.CopyTo(data);
        owner.CopyTo(data.AsSpan(32));
        data[108] = (byte)state;
        return new AccountInfo(2_000_000, TokenProgram.Token2022Id, Extend(data, AccountType, extensions), Executable: false);
    }

    public static AccountInfo Wallet() => new(1_000_000, SystemProgram.ProgramId, default, Executable: false);

    private static byte[] Extend(byte[] data, byte type, (ExtensionType Type, byte[] Value)[] extensions)
    {
        if (extensions.Length == 0)
        {
            return data;
        }

        var bytes = new List<byte>(data);
        bytes.AddRange(new byte[AccountSize - data.Length]);
        bytes.Add(type);
        foreach (var (extension, value) in extensions)
        {
            bytes.AddRange([(byte)((int)extension & 0xFF), (byte)((int)extension >> 8), (byte)value.Length, (byte)(value.Length >> 8)]);
            bytes.AddRange(value);
        }

        return [.. bytes];
    }
}
