using System.Buffers.Binary;
using Cluster.Solana;

namespace Cluster.Cli.Verification;

/// <summary>Balances of a moment in a file: 32 bytes of address, 8 of base units (little endian), again and again.</summary>
internal static class BalanceSnapshot
{
    private const int Record = PublicKey.Size + sizeof(ulong);

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="path">Where.</param>
    /// <param name="balances">Base units by address.</param>
    public static void Write(string path, IReadOnlyDictionary<PublicKey, ulong> balances)
    {
        var temporary = path + ".new";
        using (var file = new BufferedStream(File.Create(temporary), 1 << 16))
        {
            Span<byte> record = stackalloc byte[Record];
            foreach (var (address, amount) in balances)
            {
                address.CopyTo(record);
                BinaryPrimitives.WriteUInt64LittleEndian(record[PublicKey.Size..], amount);
                file.Write(record);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">Where.</param>
    /// <exception cref="CommandException">It is no such file.</exception>
    public static Dictionary<PublicKey, ulong> Read(string path)
    {
        using var file = new BufferedStream(File.OpenRead(path), 1 << 16);
        if (file.Length % Record != 0)
        {
            throw new CommandException($"{path} is no snapshot of balances: its length {file.Length} is no multiple of {Record}", ExitCode.Input);
        }

        var balances = new Dictionary<PublicKey, ulong>((int)(file.Length / Record));
        Span<byte> record = stackalloc byte[Record];
        while (file.ReadAtLeast(record, Record, throwOnEndOfStream: false) == Record)
        {
            balances[PublicKey.FromBytes(record[..PublicKey.Size])] = BinaryPrimitives.ReadUInt64LittleEndian(record[PublicKey.Size..]);
        }

        return balances;
    }
}
