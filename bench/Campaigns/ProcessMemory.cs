using System.Globalization;

namespace Cluster.Bench.Campaigns;

/// <summary>The peak of a process's resident memory, by the kernel's own account (proc(5)).</summary>
/// <param name="pid">The process.</param>
internal sealed class ProcessMemory(int pid)
{
    private const string ResetPeak = "5";

    /// <summary>Forgets the peak until now.</summary>
    public void Reset() => File.WriteAllText($"/proc/{pid}/clear_refs", ResetPeak);

    /// <summary>The peak since the last reset, in MiB.</summary>
    public double PeakMebibytes()
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.AsSpan("VmHWM:".Length).Trim("\t kB"), CultureInfo.InvariantCulture) / 1024;
    }
}
