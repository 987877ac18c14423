namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Makes text from outside fit to be stored and shown.</summary>
internal static class StoredText
{
    /// <summary>Characters kept of an address or an amount.</summary>
    public const int MaxValueLength = 100;

    /// <summary>Characters kept of a reason.</summary>
    public const int MaxReasonLength = 300;

    private const char Replacement = '\uFFFD';

    /// <summary>
    /// So many characters at most, with control characters (PostgreSQL refuses one of them, terminals obey others) and halves
    /// of surrogate pairs replaced.
    /// </summary>
    public static string Clip(string text, int maxLength = MaxValueLength)
    {
        var length = Math.Min(text.Length, maxLength);
        var clean = length == text.Length && !NeedsCleaning(text);
        return clean ? text : string.Create(length, text, static (span, source) => Clean(source, span));
    }

    private static bool NeedsCleaning(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character) || char.IsSurrogate(character))
            {
                return true;
            }
        }

        return false;
    }

    private static void Clean(string source, Span<char> span)
    {
        for (var at = 0; at < span.Length; at++)
        {
            var character = source[at];
            var isWholePair = char.IsHighSurrogate(character) && at + 1 < span.Length && char.IsLowSurrogate(source[at + 1]);
            if (isWholePair)
            {
                span[at] = character;
                span[++at] = source[at];
            }
            else
            {
                span[at] = char.IsControl(character) || char.IsSurrogate(character) ? Replacement : character;
            }
        }
    }
}
