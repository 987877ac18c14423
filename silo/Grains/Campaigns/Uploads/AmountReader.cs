using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns.Uploads;

/// <summary>
/// Reads amounts as people write them into files. Strict on purpose: what could be meant in two ways (signs, exponents,
/// spaces, thousands separators, a comma) is refused, never guessed.
/// </summary>
internal static class AmountReader
{
    /// <summary>2^64 - 1 has 20 digits; more places than this are no amount that anybody owes.</summary>
    private const int MaxLength = 64;

    /// <summary>Reads an amount.</summary>
    /// <param name="text">As it stood in the source.</param>
    /// <param name="unit">What it counts.</param>
    /// <param name="decimals">Of the mint; 9 for SOL.</param>
    /// <param name="baseUnits">Above zero.</param>
    /// <returns>What is wrong with it; null where it is an amount.</returns>
    public static string? Read(ReadOnlySpan<char> text, AmountUnit unit, byte decimals, out ulong baseUnits)
    {
        baseUnits = 0;
        if (text.IsEmpty)
        {
            return "the amount is missing";
        }

        if (text.Length > MaxLength)
        {
            return $"the amount has {text.Length} characters";
        }

        var point = text.IndexOf('.');
        if (CheckCharacters(text, unit, point) is { } wrong)
        {
            return wrong;
        }

        var places = point < 0 ? [] : text[(point + 1)..];
        if (places.Length > decimals)
        {
            return $"the amount {text} has {places.Length} decimals, the mint has {decimals}";
        }

        var whole = point < 0 ? text : text[..point];
        var exponent = unit == AmountUnit.Tokens ? decimals - places.Length : 0;
        if (!TryAppend(ref baseUnits, whole) || !TryAppend(ref baseUnits, places) || !TryScale(ref baseUnits, exponent))
        {
            return $"the amount {text} is more than {ulong.MaxValue} base units";
        }

        return baseUnits == 0 ? $"the amount {text} is zero" : null;
    }

    private static string? CheckCharacters(ReadOnlySpan<char> text, AmountUnit unit, int point)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsAsciiDigit(text[at]) || at == point)
            {
                continue;
            }

            return text[at] switch
            {
                '-' when at == 0 => $"the amount {text} is negative",
                '.' => $"the amount {text} has two points",
                ',' => $"the amount {text} has a comma: write a point before decimals, and no thousands separators",
                var other => $"the amount has {Describe(other)} at character {at + 1}: only digits and one point are allowed",
            };
        }

        if (point < 0)
        {
            return null;
        }

        if (unit == AmountUnit.BaseUnits)
        {
            return $"the amount {text} has a point, but base units are whole numbers";
        }

        return point == 0 || point == text.Length - 1 ? $"the amount {text} needs a digit on both sides of the point" : null;
    }

    private static string Describe(char character) => character switch
    {
        ' ' => "a space",
        < ' ' or > '~' => $"the character U+{(int)character:X4}",
        _ => $"'{character}'",
    };

    private static bool TryAppend(ref ulong value, ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!TryMultiplyAdd(ref value, (ulong)(digit - '0')))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryScale(ref ulong value, int exponent)
    {
        // Zero stays zero whatever the decimals; anything else overflows after 20 steps at the latest.
        for (var step = 0; step < exponent && value > 0; step++)
        {
            if (!TryMultiplyAdd(ref value, 0))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryMultiplyAdd(ref ulong value, ulong digit)
    {
        var next = (UInt128)value * 10 + digit;
        value = (ulong)next;
        return next <= ulong.MaxValue;
    }
}
