using System.Globalization;

namespace Cluster.Tests.Silo.Keys.Opened;

/// <summary>Searches all that this process can read of its own memory, as a debugger or a core dump would.</summary>
internal static class ProcessMemory
{
    private const int ChunkSize = 1 << 20;

    /// <summary>In how many places the bytes stand that give <paramref name="masked"/> when each is flipped; so the search finds no pattern of its own.</summary>
    public static int Count(byte[] masked)
    {
        var found = 0;
        using var memory = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        var chunk = GC.AllocateArray<byte>(ChunkSize + masked.Length, pinned: true);
        foreach (var line in File.ReadLines("/proc/self/maps").ToList())
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!fields[1].StartsWith("rw", StringComparison.Ordinal) || line.EndsWith("[vvar]", StringComparison.Ordinal))
            {
                continue;
            }

            var range = fields[0].Split('-');
            var start = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (var at = start; at < end; at += ChunkSize)
            {
                found += CountIn(memory, at, (int)Math.Min(chunk.Length, end - at), chunk, masked);
            }
        }

        return found;
    }

    private static int CountIn(FileStream memory, long at, int length, byte[] chunk, byte[] masked)
    {
        int read;
        try
        {
            memory.Seek(at, SeekOrigin.Begin);
            read = memory.Read(chunk, 0, length);
        }
        catch (IOException)
        {
            return 0; // Not mapped any more, or not readable.
        }

        var found = 0;
        var first = (byte)~masked[0];
        var last = read - masked.Length;
        for (var i = 0; i <= last && i < ChunkSize; i++)
        {
            var next = chunk.AsSpan(i, Math.Min(ChunkSize, last + 1) - i).IndexOf(first);
            if (next < 0)
            {
                break;
            }

            i += next;
            var matches = true;
            for (var j = 1; j < masked.Length && matches; j++)
            {
                matches = chunk[i + j] == (byte)~masked[j];
            }

            found += matches ? 1 : 0;
        }

        Array.Clear(chunk);
        return found;
    }
}
