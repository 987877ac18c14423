using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cluster.Solana;

/// <summary>
/// Base58 in Bitcoin's alphabet for the fixed sizes Solana uses, 32 and 64 bytes.
/// A general codec divides byte by byte (microseconds a key); knowing the size lets us work in whole words,
/// ten characters at a time, which matters when a campaign brings a million addresses.
/// </summary>
internal static class Base58
{
    /// <summary>The longest text of 32 bytes.</summary>
    public const int MaxLength32 = 44;

    /// <summary>The longest text of 64 bytes.</summary>
    public const int MaxLength64 = 88;

    private const int MaxBytes = 64;
    private const int EncodeGroup = 5;
    private const uint EncodeRadix = 58u * 58 * 58 * 58 * 58;
    private const int DecodeGroup = 10;
    private const byte Invalid = 0xFF;

    private static ReadOnlySpan<byte> Alphabet => "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"u8;

    private static readonly byte[] Digits = MakeDigits();

    /// <summary>Writes the base58 text of 32 or 64 bytes; false where <paramref name="text"/> is too short.</summary>
    [SkipLocalsInit]
    public static bool TryEncode(ReadOnlySpan<byte> bytes, Span<byte> text, out int written)
    {
        Debug.Assert(bytes.Length is 32 or 64);
        Span<byte> digits = stackalloc byte[MaxLength64 + 2];
        Span<uint> number = stackalloc uint[MaxBytes / 4];
        number = number[..(bytes.Length / 4)];
        for (var i = 0; i < number.Length; i++) number[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * 4)..]);

        var first = digits.Length;
        while (!number.IsEmpty)
        {
            var rest = DivideByRadix(number);
            for (var i = 0; i < EncodeGroup; i++, rest /= 58) digits[--first] = (byte)(rest % 58);
            if (number[0] == 0) number = number.TrimStart(0u);
        }

        var significant = digits[first..].TrimStart((byte)0);
        var zeros = LeadingZeros(bytes);
        written = zeros + significant.Length;
        if (written > text.Length)
        {
            written = 0;
            return false;
        }

        text[..zeros].Fill(Alphabet[0]);
        for (var i = 0; i < significant.Length; i++) text[zeros + i] = Alphabet[significant[i]];
        return true;
    }

    /// <summary>Reads exactly <c>bytes.Length</c> (32 or 64) bytes from their only base58 text.</summary>
    [SkipLocalsInit]
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        Debug.Assert(bytes.Length is 32 or 64);
        if (text.Length < bytes.Length || text.Length > (bytes.Length == 32 ? MaxLength32 : MaxLength64)) return false;

        Span<ulong> number = stackalloc ulong[MaxBytes / 8];
        number = number[..(bytes.Length / 8)];
        number.Clear();
        for (var at = 0; at < text.Length; at += DecodeGroup)
        {
            var group = text[at..Math.Min(at + DecodeGroup, text.Length)];
            ulong value = 0, scale = 1;
            foreach (var character in group)
            {
                var digit = DigitOf(character);
                if (digit == Invalid) return false;
                value = value * 58 + digit;
                scale *= 58;
            }

            if (!TryMultiplyAdd(number, scale, value)) return false;
        }

        for (var i = 0; i < number.Length; i++) BinaryPrimitives.WriteUInt64BigEndian(bytes[(i * 8)..], number[i]);
        return LeadingZeros(bytes) == LeadingOnes(text);
    }

    /// <summary>Says why a text that <see cref="TryDecode"/> refused is no base58 of <paramref name="size"/> bytes.</summary>
    public static string Explain(ReadOnlySpan<char> text, int size)
    {
        if (text.IsEmpty) return "it is empty";
        var longest = size == 32 ? MaxLength32 : MaxLength64;
        for (var i = 0; i < text.Length && i < longest; i++)
        {
            if (DigitOf(text[i]) == Invalid) return $"character {Show(text[i])} at position {i + 1} is not base58";
        }

        if (text.Length > longest) return $"it is {text.Length} characters long, base58 of {size} bytes has at most {longest}";

        var number = BigInteger.Zero;
        foreach (var character in text) number = number * 58 + DigitOf(character);
        var decoded = LeadingOnes(text) + (number.IsZero ? 0 : number.GetByteCount(isUnsigned: true));
        return $"it decodes to {decoded} bytes, not {size}";
    }

    private static string Show(char character) =>
        char.IsControl(character) || char.IsSurrogate(character) || char.IsWhiteSpace(character)
            ? $"U+{(int)character:X4}"
            : $"'{character}'";

    /// <summary>Divides a big-endian number in place and returns the remainder.</summary>
    private static uint DivideByRadix(Span<uint> number)
    {
        ulong rest = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var dividend = (rest << 32) | number[i];
            var quotient = dividend / EncodeRadix;
            number[i] = (uint)quotient;
            rest = dividend - quotient * EncodeRadix;
        }

        return (uint)rest;
    }

    private static bool TryMultiplyAdd(Span<ulong> number, ulong scale, ulong carry)
    {
        for (var i = number.Length - 1; i >= 0; i--)
        {
            var high = Math.BigMul(number[i], scale, out var low);
            low += carry;
            carry = high + (low < carry ? 1UL : 0UL);
            number[i] = low;
        }

        return carry == 0;
    }

    private static int LeadingZeros(ReadOnlySpan<byte> bytes)
    {
        var other = bytes.IndexOfAnyExcept((byte)0);
        return other < 0 ? bytes.Length : other;
    }

    private static int LeadingOnes(ReadOnlySpan<char> text)
    {
        var other = text.IndexOfAnyExcept('1');
        return other < 0 ? text.Length : other;
    }

    private static byte DigitOf(char character) => character < 128 ? Digits[character] : Invalid;

    private static byte[] MakeDigits()
    {
        var digits = new byte[128];
        digits.AsSpan().Fill(Invalid);
        for (byte i = 0; i < Alphabet.Length; i++) digits[Alphabet[i]] = i;
        return digits;
    }
}
