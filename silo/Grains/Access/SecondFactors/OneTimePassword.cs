using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cluster.Silo.Grains.Access.SecondFactors;

/// <summary>Time-based one-time passwords (RFC 6238 over RFC 4226), with SHA-1 as every authenticator app has it.</summary>
internal static class OneTimePassword
{
    /// <summary>Bytes of a secret: RFC 4226 recommends the hash's length.</summary>
    public const int SecretSize = HMACSHA1.HashSizeInBytes;

    /// <summary>Digits of a code.</summary>
    public const int Digits = 6;

    /// <summary>How long a code lasts.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>Steps by which the caller's clock may be off, to either side (RFC 6238, 5.2).</summary>
    private const int Drift = 1;

    /// <summary>The step that a moment is in.</summary>
    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    /// <summary>The code of a step.</summary>
    /// <param name="secret">Shared with the app.</param>
    /// <param name="step">From <see cref="StepAt"/>.</param>
    /// <param name="digits">1 to 8.</param>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238's default, which apps take for granted; HMAC does not rest on SHA-1's collision resistance.")]
    public static string CodeOf(ReadOnlySpan<byte> secret, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, hash);
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash[(hash[^1] & 0x0F)..]) & 0x7FFF_FFFF;
        return (number % (uint)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The step whose code this is; null where it is none of now. Takes the same time for every code.</summary>
    /// <param name="secret">Shared with the app.</param>
    /// <param name="code">From the caller.</param>
    /// <param name="now">The moment.</param>
    public static long? FindStep(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        var presented = Encoding.UTF8.GetBytes(code);
        long? found = null;
        for (var step = StepAt(now) - Drift; step <= StepAt(now) + Drift; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeOf(secret, step)), presented))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>What a QR code tells an authenticator app.</summary>
    /// <param name="secret">Shared with the app.</param>
    /// <param name="principalId">Whose.</param>
    public static string UriOf(ReadOnlySpan<byte> secret, string principalId) =>
        $"otpauth://totp/Cluster:{Uri.EscapeDataString(principalId)}?secret={Base32.Encode(secret)}&issuer=Cluster&algorithm=SHA1&digits={Digits}&period={(int)Step.TotalSeconds}";
}
