using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>
/// A number modulo p = 2²⁵⁵ − 19 in five limbs of 51 bits, the representation of the reference implementations
/// (Bernstein et al., "High-speed high-security signatures", 2011). Limbs may grow to 54 bits between operations.
/// Time depends on nothing secret because nothing here is: it only ever sees public keys.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct FieldElement(ulong limb0, ulong limb1, ulong limb2, ulong limb3, ulong limb4)
{
    private const int LimbBits = 51;
    private const ulong LimbMask = (1UL << LimbBits) - 1;

    private readonly ulong _limb0 = limb0;
    private readonly ulong _limb1 = limb1;
    private readonly ulong _limb2 = limb2;
    private readonly ulong _limb3 = limb3;
    private readonly ulong _limb4 = limb4;

    public static FieldElement One => new(1, 0, 0, 0, 0);

    /// <summary>Reads 32 little-endian bytes without their highest bit; numbers from p up are taken modulo p.</summary>
    public static FieldElement FromBytes(ReadOnlySpan<byte> bytes)
    {
        var word0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var word1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var word2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var word3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new(
            word0 & LimbMask,
            ((word0 >> 51) | (word1 << 13)) & LimbMask,
            ((word1 >> 38) | (word2 << 26)) & LimbMask,
            ((word2 >> 25) | (word3 << 39)) & LimbMask,
            (word3 >> 12) & LimbMask);
    }

    public static FieldElement operator +(in FieldElement a, in FieldElement b) => new(
        a._limb0 + b._limb0, a._limb1 + b._limb1, a._limb2 + b._limb2, a._limb3 + b._limb3, a._limb4 + b._limb4);

    /// <summary>a − b, kept positive by adding 2p; the limbs of b are at most 52 bits.</summary>
    public static FieldElement operator -(in FieldElement a, in FieldElement b) => new(
        a._limb0 + 0xFFFFFFFFFFFDA - b._limb0,
        a._limb1 + 0xFFFFFFFFFFFFE - b._limb1,
        a._limb2 + 0xFFFFFFFFFFFFE - b._limb2,
        a._limb3 + 0xFFFFFFFFFFFFE - b._limb3,
        a._limb4 + 0xFFFFFFFFFFFFE - b._limb4);

    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        ulong a0 = a._limb0, a1 = a._limb1, a2 = a._limb2, a3 = a._limb3, a4 = a._limb4;
        ulong b0 = b._limb0, b1 = b._limb1, b2 = b._limb2, b3 = b._limb3, b4 = b._limb4;

        // 2²⁵⁵ is 19 modulo p, so products above limb 4 wrap around times 19.
        ulong b1By19 = b1 * 19, b2By19 = b2 * 19, b3By19 = b3 * 19, b4By19 = b4 * 19;
        var sum0 = Product(a0, b0) + Product(a1, b4By19) + Product(a2, b3By19) + Product(a3, b2By19) + Product(a4, b1By19);
        var sum1 = Product(a0, b1) + Product(a1, b0) + Product(a2, b4By19) + Product(a3, b3By19) + Product(a4, b2By19);
        var sum2 = Product(a0, b2) + Product(a1, b1) + Product(a2, b0) + Product(a3, b4By19) + Product(a4, b3By19);
        var sum3 = Product(a0, b3) + Product(a1, b2) + Product(a2, b1) + Product(a3, b0) + Product(a4, b4By19);
        var sum4 = Product(a0, b4) + Product(a1, b3) + Product(a2, b2) + Product(a3, b1) + Product(a4, b0);
        return Carry(sum0, sum1, sum2, sum3, sum4);
    }

    public FieldElement Square()
    {
        ulong a0 = _limb0, a1 = _limb1, a2 = _limb2, a3 = _limb3, a4 = _limb4;
        ulong twice0 = a0 * 2, twice1 = a1 * 2, a3By19 = a3 * 19, a4By19 = a4 * 19;
        var sum0 = Product(a0, a0) + Product(twice1, a4By19) + Product(a2 * 2, a3By19);
        var sum1 = Product(twice0, a1) + Product(a2 * 2, a4By19) + Product(a3, a3By19);
        var sum2 = Product(twice0, a2) + Product(a1, a1) + Product(a3 * 2, a4By19);
        var sum3 = Product(twice0, a3) + Product(twice1, a2) + Product(a4, a4By19);
        var sum4 = Product(twice0, a4) + Product(twice1, a3) + Product(a2, a2);
        return Carry(sum0, sum1, sum2, sum3, sum4);
    }

    /// <summary>Whether this is the square of something, zero included.</summary>
    public bool IsSquareOrZero()
    {
        var reduced = Reduce();
        return LegendreSymbol.IsSquareOrZero(
            reduced._limb0 | (reduced._limb1 << 51),
            (reduced._limb1 >> 13) | (reduced._limb2 << 38),
            (reduced._limb2 >> 26) | (reduced._limb3 << 25),
            (reduced._limb3 >> 39) | (reduced._limb4 << 12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt128 Product(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return new UInt128(high, low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Carry(UInt128 sum0, UInt128 sum1, UInt128 sum2, UInt128 sum3, UInt128 sum4)
    {
        sum1 += (ulong)(sum0 >> LimbBits);
        sum2 += (ulong)(sum1 >> LimbBits);
        sum3 += (ulong)(sum2 >> LimbBits);
        sum4 += (ulong)(sum3 >> LimbBits);
        var limb0 = ((ulong)sum0 & LimbMask) + (ulong)(sum4 >> LimbBits) * 19;
        var limb1 = ((ulong)sum1 & LimbMask) + (limb0 >> LimbBits);
        return new(limb0 & LimbMask, limb1, (ulong)sum2 & LimbMask, (ulong)sum3 & LimbMask, (ulong)sum4 & LimbMask);
    }

    /// <summary>The same number below p, every limb below 2⁵¹.</summary>
    private FieldElement Reduce()
    {
        var once = CarryLimbs(_limb0, _limb1, _limb2, _limb3, _limb4);

        // The quotient by p is 0 or 1: it is the carry out of adding 19.
        var quotient = (once._limb0 + 19) >> LimbBits;
        quotient = (once._limb1 + quotient) >> LimbBits;
        quotient = (once._limb2 + quotient) >> LimbBits;
        quotient = (once._limb3 + quotient) >> LimbBits;
        quotient = (once._limb4 + quotient) >> LimbBits;
        var reduced = CarryLimbs(once._limb0 + 19 * quotient, once._limb1, once._limb2, once._limb3, once._limb4 - (quotient << LimbBits));
        return reduced;
    }

    private static FieldElement CarryLimbs(ulong limb0, ulong limb1, ulong limb2, ulong limb3, ulong limb4)
    {
        limb1 += limb0 >> LimbBits;
        limb2 += limb1 >> LimbBits;
        limb3 += limb2 >> LimbBits;
        limb4 += limb3 >> LimbBits;
        limb0 = (limb0 & LimbMask) + (limb4 >> LimbBits) * 19;
        limb1 = (limb1 & LimbMask) + (limb0 >> LimbBits);
        return new(limb0 & LimbMask, limb1, limb2 & LimbMask, limb3 & LimbMask, limb4 & LimbMask);
    }
}
