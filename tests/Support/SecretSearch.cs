using System.Text;
using Cluster.Solana;

namespace Cluster.Tests.Support;

/// <summary>Looks for a secret in text, in every writing that a program might give it by accident.</summary>
internal sealed class SecretSearch
{
    private readonly string[] _writings;

    public SecretSearch(ReadOnlySpan<byte> secret)
    {
        var bytes = secret.ToArray();
        var base64 = Convert.ToBase64String(bytes).TrimEnd('=');
        _writings =
        [
            Convert.ToHexString(bytes),
            Convert.ToHexStringLower(bytes),
            base64,
            base64.Replace('+', '-').Replace('/', '_'),
            bytes.Length == PublicKey.Size ? PublicKey.FromBytes(bytes).ToString() : Convert.ToHexString(bytes),
            string.Join(',', bytes),
            string.Join(", ", bytes),
            string.Join('-', bytes.Select(b => b.ToString("X2"))),
            Encoding.Latin1.GetString(bytes),
        ];
    }

    /// <summary>Every writing, to be planted.</summary>
    public IReadOnlyList<string> Writings => _writings;

    public bool IsIn(string text) => Array.Exists(_writings, writing => text.Contains(writing, StringComparison.Ordinal));
}
