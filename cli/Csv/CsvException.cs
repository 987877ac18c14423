namespace Cluster.Cli.Csv;

/// <summary>A file that cannot be read at all; a single bad row is no exception but a defect of that row.</summary>
/// <param name="line">Where, from 1.</param>
/// <param name="reason">What is wrong and what to do.</param>
internal sealed class CsvException(ulong line, string reason) : Exception($"line {line}: {reason}");
