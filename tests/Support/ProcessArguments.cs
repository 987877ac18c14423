namespace Cluster.Tests.Support;

/// <summary>What every user of the machine can read of its processes.</summary>
internal static class ProcessArguments
{
    /// <summary>The command line of each process that runs now.</summary>
    public static IEnumerable<string> Now()
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            string arguments;
            try
            {
                arguments = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                continue; // It has ended meanwhile.
            }

            yield return arguments;
        }
    }
}
