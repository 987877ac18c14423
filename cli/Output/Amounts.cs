using System.Globalization;

namespace Cluster.Cli.Output;

/// <summary>Amounts for people: base units with the point where the mint puts it, never by floating point.</summary>
internal static class Amounts
{
    /// <summary>Decimals of SOL: a lamport is 10^-9.</summary>
    public const uint SolDecimals = 9;

    /// <summary>For example 1,234.5 for 1234500000 base units at 6 decimals.</summary>
    /// <param name="baseUnits">The amount.</param>
    /// <param name="decimals">Of the mint, 0 to 255.</param>
    public static string Format(ulong baseUnits, uint decimals)
    {
        if (decimals == 0)
        {
            return baseUnits.ToString("N0", CultureInfo.InvariantCulture);
        }

        var digits = baseUnits.ToString(CultureInfo.InvariantCulture).PadLeft((int)decimals + 1, '0');
        var whole = ulong.Parse(digits.AsSpan(0, digits.Length - (int)decimals), CultureInfo.InvariantCulture);
        var fraction = digits.AsSpan(digits.Length - (int)decimals).TrimEnd('0');
        return fraction.IsEmpty
            ? whole.ToString("N0", CultureInfo.InvariantCulture)
            : $"{whole.ToString("N0", CultureInfo.InvariantCulture)}.{fraction}";
    }

    /// <summary>Lamports as SOL.</summary>
    /// <param name="lamports">The amount.</param>
    public static string Sol(ulong lamports) => $"{Format(lamports, SolDecimals)} SOL";

    /// <summary>A count with separators.</summary>
    /// <param name="count">The count.</param>
    public static string Count(ulong count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
