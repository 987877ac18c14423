using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Cluster.Solana;

/// <summary>
/// Addresses that belong to programs: SHA-256 of seeds, a bump seed, the program and a marker, where the result is no
/// point of the curve, so that no private key can sign for it.
/// </summary>
public static class ProgramAddress
{
    /// <summary>The most bytes that seeds have together: 15 seeds of 32 bytes, and the bump as the sixteenth.</summary>
    public const int MaxSeedBytes = 15 * 32;

    private static ReadOnlySpan<byte> Marker => "ProgramDerivedAddress"u8;

    /// <summary>Derives the address with the highest bump seed that takes it off the curve.</summary>
    /// <param name="seeds">The seeds one after the other, at most <see cref="MaxSeedBytes"/>.</param>
    /// <param name="program">The program that the address belongs to.</param>
    /// <param name="bump">The bump seed: 255 less the number of tries that failed.</param>
    /// <exception cref="ArgumentException">The seeds are too long.</exception>
    [SkipLocalsInit]
    public static PublicKey Find(ReadOnlySpan<byte> seeds, in PublicKey program, out byte bump)
    {
        Span<byte> buffer = stackalloc byte[MaxInputSize];
        var input = WriteInput(seeds, program, buffer);
        Span<byte> hash = stackalloc byte[Sha256.Size];
        for (var tried = (int)byte.MaxValue; tried >= 0; tried--)
        {
            input[seeds.Length] = (byte)tried;
            Sha256.Hash(input, hash);
            if (EdwardsCurve.IsPoint(hash)) continue;
            bump = (byte)tried;
            return PublicKey.FromBytes(hash);
        }

        // Each hash is on the curve with a chance of one half: 256 in a row do not happen.
        throw new UnreachableException("no bump seed takes the address off the curve");
    }

    /// <summary>
    /// The address with a bump seed that <see cref="Find"/> has found before; about thirty times as fast, since nothing
    /// is checked: with another bump seed it is no address of the program.
    /// </summary>
    /// <param name="seeds">The same seeds, at most <see cref="MaxSeedBytes"/>.</param>
    /// <param name="program">The same program.</param>
    /// <param name="bump">As found.</param>
    /// <exception cref="ArgumentException">The seeds are too long.</exception>
    [SkipLocalsInit]
    public static PublicKey At(ReadOnlySpan<byte> seeds, in PublicKey program, byte bump)
    {
        Span<byte> buffer = stackalloc byte[MaxInputSize];
        var input = WriteInput(seeds, program, buffer);
        input[seeds.Length] = bump;
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(input, hash);
        return PublicKey.FromBytes(hash);
    }

    private static int MaxInputSize => MaxSeedBytes + 1 + PublicKey.Size + Marker.Length;

    /// <summary>What is hashed, but for the bump seed behind the seeds.</summary>
    private static Span<byte> WriteInput(ReadOnlySpan<byte> seeds, in PublicKey program, Span<byte> buffer)
    {
        if (seeds.Length > MaxSeedBytes) throw new ArgumentException($"seeds have at most {MaxSeedBytes} bytes, not {seeds.Length}", nameof(seeds));

        var input = buffer[..(seeds.Length + 1 + PublicKey.Size + Marker.Length)];
        seeds.CopyTo(input);
        program.CopyTo(input[(seeds.Length + 1)..]);
        Marker.CopyTo(input[^Marker.Length..]);
        return input;
    }
}
