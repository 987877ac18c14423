using Spectre.Console;

namespace Cluster.Bench;

/// <summary>Runs the benchmarks asked for and prints their table.</summary>
internal static class BenchmarkRun
{
    private const int UsageError = 2;

    /// <summary>Runs them in order.</summary>
    /// <param name="benchmarks">All there are.</param>
    /// <param name="names">Those asked for; all where empty.</param>
    /// <returns>0 where every bound is kept.</returns>
    public static async Task<int> Run(IReadOnlyList<Benchmark> benchmarks, string[] names)
    {
        if (names.FirstOrDefault(name => benchmarks.All(benchmark => benchmark.Name != name)) is { } unknown)
        {
            await Console.Error.WriteLineAsync(
                $"error: there is no benchmark {unknown}; there are {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}");
            return UsageError;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, signal) =>
        {
            signal.Cancel = true;
            stop.Cancel();
        };

        var table = new Table().Border(TableBorder.Rounded).AddColumns("figure", "beside", "result", "at least", "absolute");
        var allReached = true;
        foreach (var benchmark in benchmarks.Where(benchmark => names.Length == 0 || names.Contains(benchmark.Name)))
        {
            await Console.Error.WriteLineAsync($"› {benchmark.Name}: {benchmark.Figure}");
            var measured = await benchmark.Measure(stop.Token);
            allReached &= measured.Reached;
            table.AddRow(
                new Text(benchmark.Figure),
                new Text(benchmark.Reference),
                new Text(measured.Result, measured.Reached ? Color.Green : Color.Red),
                new Text(benchmark.Bound),
                new Text(measured.Absolute));
        }

        // Into a file the table is as wide as it needs to be.
        AnsiConsole.Profile.Width = Console.IsOutputRedirected ? 200 : AnsiConsole.Profile.Width;
        AnsiConsole.Write(table);
        return allReached ? 0 : 1;
    }
}
