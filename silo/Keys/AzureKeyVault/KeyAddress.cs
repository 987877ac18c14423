using System.Diagnostics.CodeAnalysis;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>Where a key is, without a version.</summary>
/// <param name="Vault">Scheme, host and port.</param>
/// <param name="Name">The key's name.</param>
internal sealed record KeyAddress(Uri Vault, string Name)
{
    private const string Form = "https://VAULT/keys/NAME";

    /// <summary>The prefix of the ids of its versions.</summary>
    public string Prefix { get; } = $"{Vault.GetLeftPart(UriPartial.Authority)}/keys/{Name}/";

    /// <summary>Reads an address.</summary>
    /// <param name="text">As configured.</param>
    /// <param name="setting">Its name, for the message.</param>
    /// <exception cref="KeyException">It is none.</exception>
    public static KeyAddress Parse(string text, string setting)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.UserInfo.Length > 0 || url.Query.Length > 0)
        {
            throw new KeyException($"{setting} is '{text}': it must be the URL of a key, {Form}.");
        }

        return url.AbsolutePath.Trim('/').Split('/') switch
        {
            ["keys", var name] when IsName(name) => new KeyAddress(new Uri(url.GetLeftPart(UriPartial.Authority)), name),
            ["keys", _, _] => throw new KeyException($"{setting} is '{text}': it must be the URL of a key without a version, {Form}; the newest version is used."),
            _ => throw new KeyException($"{setting} is '{text}': it must be the URL of a key, {Form}."),
        };
    }

    /// <summary>The version in an id; false where the id is not one of this key's.</summary>
    /// <param name="id">For example <c>https://acme.vault.azure.net/keys/wallets/0a1b…</c>.</param>
    /// <param name="version">The version.</param>
    public bool TryGetVersion(string id, [NotNullWhen(true)] out string? version)
    {
        version = id.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && IsName(id.AsSpan(Prefix.Length)) ? id[Prefix.Length..] : null;
        return version is not null;
    }

    public override string ToString() => Prefix.TrimEnd('/');

    /// <summary>Letters, digits and dashes: nothing that would lead a request elsewhere.</summary>
    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '-') return false;
        }

        return text.Length is > 0 and <= 127;
    }
}
