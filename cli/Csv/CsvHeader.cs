using Cluster.V1;

namespace Cluster.Cli.Csv;

/// <summary>Where a file keeps address and amount, and in which unit; never guessed.</summary>
/// <param name="Columns">How many the file has.</param>
/// <param name="Address">Index of the recipient's address.</param>
/// <param name="Amount">Index of the amount.</param>
/// <param name="Unit">Of the amounts.</param>
internal sealed record CsvHeader(int Columns, int Address, int Amount, AmountUnit Unit)
{
    private static readonly string[] AddressNames = ["address", "wallet", "recipient", "owner"];

    /// <summary>Reads the header.</summary>
    /// <param name="fields">The fields of line 1.</param>
    /// <param name="unit">What the caller said; unspecified where the header has to say it.</param>
    /// <exception cref="CsvException">A column is missing or twice there, or the unit is missing or contradicted.</exception>
    public static CsvHeader Parse(IReadOnlyList<string> fields, AmountUnit unit)
    {
        int? address = null;
        int? amount = null;
        var named = AmountUnit.Unspecified;
        for (var i = 0; i < fields.Count; i++)
        {
            var name = fields[i].ToLowerInvariant();
            if (AddressNames.Contains(name))
            {
                address = Once(address, i, fields, "address");
            }
            else if (name is "base_units" or "tokens" or "amount")
            {
                amount = Once(amount, i, fields, "amount");
                named = name switch
                {
                    "base_units" => AmountUnit.BaseUnits,
                    "tokens" => AmountUnit.Tokens,
                    _ => AmountUnit.Unspecified,
                };
            }
        }

        if (address is null || amount is null)
        {
            throw new CsvException(
                1,
                $"the header is \"{Shown(fields)}\"; it must name an address column ({string.Join(", ", AddressNames)}) "
                + "and an amount column (base_units for integers, tokens for decimals, or amount together with --unit)");
        }

        return new(fields.Count, address.Value, amount.Value, Agreed(named, unit));
    }

    private static AmountUnit Agreed(AmountUnit named, AmountUnit said) => (named, said) switch
    {
        (AmountUnit.Unspecified, AmountUnit.Unspecified) => throw new CsvException(
            1, "the header says \"amount\", which does not tell the unit; rename it to base_units or tokens, or give --unit base|tokens"),
        (AmountUnit.Unspecified, _) => said,
        (_, AmountUnit.Unspecified) => named,
        _ when named == said => named,
        _ => throw new CsvException(
            1, "the header names another unit than --unit; drop the option or rename the column"),
    };

    private static int Once(int? known, int index, IReadOnlyList<string> fields, string what) =>
        known is { } other
            ? throw new CsvException(
                1, $"two columns hold the {what}: \"{fields[other]}\" (column {other + 1}) and \"{fields[index]}\" (column {index + 1}); keep one")
            : index;

    private static string Shown(IReadOnlyList<string> fields)
    {
        var line = string.Join(",", fields);
        return line.Length <= 100 ? line : line[..100] + "…";
    }
}
