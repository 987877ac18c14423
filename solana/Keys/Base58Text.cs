using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Cluster.Solana;

/// <summary>Text in and out for the 32 and 64 byte values that are written in base58.</summary>
internal static class Base58Text
{
    private const int ShownCharacters = 96;

    public static unsafe T FromBytes<T>(ReadOnlySpan<byte> bytes, string kind)
        where T : unmanaged
    {
        if (bytes.Length != sizeof(T))
        {
            throw new ArgumentException($"a {kind} has {sizeof(T)} bytes, not {bytes.Length}", nameof(bytes));
        }

        return MemoryMarshal.Read<T>(bytes);
    }

    [SkipLocalsInit]
    public static unsafe bool TryParse<T>(ReadOnlySpan<char> text, out T value)
        where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        if (Base58.TryDecode(text, MemoryMarshal.AsBytes(new Span<T>(ref value)))) return true;
        value = default;
        return false;
    }

    public static bool TryParse<T>(ReadOnlySpan<char> text, string kind, out T value, [NotNullWhen(false)] out string? error)
        where T : unmanaged
    {
        error = TryParse(text, out value) ? null : Explain<T>(text, kind);
        return error is null;
    }

    public static T Parse<T>(ReadOnlySpan<char> text, string kind)
        where T : unmanaged =>
        TryParse<T>(text, kind, out var value, out var error) ? value : throw new FormatException(error);

    [SkipLocalsInit]
    public static bool TryFormat(ReadOnlySpan<byte> bytes, Span<char> text, out int written)
    {
        Span<byte> ascii = stackalloc byte[Base58.MaxLength64];
        Base58.TryEncode(bytes, ascii, out written);
        if (written <= text.Length)
        {
            Encoding.ASCII.GetChars(ascii[..written], text);
            return true;
        }

        written = 0;
        return false;
    }

    [SkipLocalsInit]
    public static string Format(ReadOnlySpan<byte> bytes)
    {
        Span<byte> ascii = stackalloc byte[Base58.MaxLength64];
        Base58.TryEncode(bytes, ascii, out var written);
        return Encoding.ASCII.GetString(ascii[..written]);
    }

    private static unsafe string Explain<T>(ReadOnlySpan<char> text, string kind)
        where T : unmanaged
    {
        var shown = text.Length <= ShownCharacters ? text.ToString() : string.Concat(text[..ShownCharacters], "…");
        return $"invalid {kind} \"{shown}\": {Base58.Explain(text, sizeof(T))}";
    }
}
