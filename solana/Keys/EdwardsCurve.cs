namespace Cluster.Solana;

/// <summary>The curve of Ed25519, −x² + y² = 1 + d·x²·y² over 2²⁵⁵ − 19 (RFC 8032, section 5.1).</summary>
internal static class EdwardsCurve
{
    private static readonly FieldElement D = FieldElement.FromBytes(
    [
        0xA3, 0x78, 0x59, 0x13, 0xCA, 0x4D, 0xEB, 0x75, 0xAB, 0xD8, 0x41, 0x41, 0x4D, 0x0A, 0x70, 0x00,
        0x98, 0xE8, 0x79, 0x77, 0x79, 0x40, 0xC7, 0x8C, 0x73, 0xFE, 0x6F, 0x2B, 0xEE, 0x6C, 0x03, 0x52,
    ]);

    /// <summary>
    /// Whether 32 bytes are a compressed point, decided as the Solana runtime does (curve25519-dalek's
    /// <c>CompressedEdwardsY::decompress</c>): y is taken modulo p, and the sign bit of x is ignored even where x is
    /// zero. There is a point with this y exactly where x² = (y² − 1)/(d·y² + 1) is a square, and a quotient is a
    /// square where the product is one, which saves the division.
    /// </summary>
    public static bool IsPoint(ReadOnlySpan<byte> bytes)
    {
        var ySquared = FieldElement.FromBytes(bytes).Square();
        var numerator = ySquared - FieldElement.One;
        var denominator = D * ySquared + FieldElement.One;
        return (numerator * denominator).IsSquareOrZero();
    }
}
