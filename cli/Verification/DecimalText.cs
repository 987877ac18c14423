using System.Globalization;

namespace Cluster.Cli.Verification;

/// <summary>Reads an amount of whole tokens or base units exactly.</summary>
internal static class DecimalText
{
    /// <summary>Reads digits with at most one point.</summary>
    /// <param name="text">For example <c>12.5</c>.</param>
    /// <param name="decimals">Places that the mint has; 0 reads an integer.</param>
    /// <param name="baseUnits">The amount.</param>
    /// <returns>False where it is no such number or does not fit 64 bits.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, uint decimals, out ulong baseUnits)
    {
        baseUnits = 0;
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..].TrimEnd('0');
        if (whole.Length + fraction.Length == 0 || fraction.Length > decimals)
        {
            return false;
        }

        Span<char> digits = stackalloc char[whole.Length + (int)decimals];
        digits.Fill('0');
        whole.CopyTo(digits);
        fraction.CopyTo(digits[whole.Length..]);
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out baseUnits);
    }
}
