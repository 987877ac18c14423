using System.Globalization;
using Cluster.Cli.Output;
using Cluster.V1;

namespace Cluster.Cli.Audit;

/// <summary>An entry as a line, so that a log that is followed can be read and searched.</summary>
internal static class AuditEntryView
{
    /// <summary>Prints it.</summary>
    /// <param name="printer">For people or programs.</param>
    /// <param name="entry">The entry.</param>
    public static void Print(Printer printer, AuditEntry entry)
    {
        if (printer.Json)
        {
            Printer.PrintJson(entry);
        }
        else
        {
            Console.Out.WriteLine(Line(entry));
        }
    }

    /// <summary>The line. What others chose (names, programs, details) cannot break out of it.</summary>
    /// <param name="entry">The entry.</param>
    public static string Line(AuditEntry entry)
    {
        var role = entry.CallerRole.Length > 0 ? $" ({entry.CallerRole})" : "";
        var from = entry.CallerAddress.Length > 0 ? $" from {entry.CallerAddress}" : "";
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Time.ToDateTime():yyyy-MM-ddTHH:mm:ss.fffZ}  {entry.AuditId}  {entry.Severity.ToString().ToLowerInvariant(),-6}  {entry.Outcome.ToString().ToLowerInvariant(),-7}  {entry.Operation}  {entry.SubjectType}/{entry.SubjectKey}  by {(entry.CallerId.Length > 0 ? entry.CallerId : "nobody known")}{role}{from}  {entry.Detail}");
        return string.Concat(line.Select(character => char.IsControl(character) ? ' ' : character));
    }
}
