using Cluster.Solana;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cluster.Silo;

/// <summary>
/// Reads how Solana is reached: from <c>Cluster:Solana</c>, and where that says nothing, from the names that existing
/// deployments use, <c>SOLANA_RPC_URL</c> (several with commas between them) and <c>SOLANA_NETWORK</c>.
/// </summary>
internal static class SolanaSettings
{
    private const string Section = "Cluster:Solana";

    private const string RpcUrl = "SOLANA_RPC_URL";

    private const string Network = "SOLANA_NETWORK";

    private static readonly Dictionary<string, SolanaNetwork> Networks = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mainnet-beta"] = SolanaNetwork.MainnetBeta,
        ["mainnet"] = SolanaNetwork.MainnetBeta,
        ["devnet"] = SolanaNetwork.Devnet,
        ["testnet"] = SolanaNetwork.Testnet,
        ["localnet"] = SolanaNetwork.Localnet,
    };

    /// <summary>Sets the options.</summary>
    /// <exception cref="OptionsValidationException">A value cannot be read.</exception>
    public static void Apply(IConfiguration configuration, SolanaOptions options)
    {
        var section = configuration.GetSection(Section);
        section.Bind(options);
        if (section[nameof(options.Network)] is null && configuration[Network] is { Length: > 0 } network)
        {
            options.Network = Networks.TryGetValue(network, out var known)
                ? known
                : throw Invalid($"{Network} is '{network}': it must be one of {string.Join(", ", Networks.Keys)}.");
        }

        if (options.Endpoints.Count == 0)
        {
            foreach (var url in Urls(configuration[RpcUrl]))
            {
                options.Endpoints.Add(new SolanaEndpointOptions { Url = url });
            }
        }
    }

    private static IEnumerable<Uri> Urls(string? list)
    {
        var texts = (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (texts.Length == 0)
        {
            throw Invalid($"No Solana endpoint is configured: set {RpcUrl}, for example to http://127.0.0.1:8899.");
        }

        // A URL may hold an API key: it is not repeated.
        return texts.Select((text, index) => Uri.TryCreate(text, UriKind.Absolute, out var url)
            ? url
            : throw Invalid($"{RpcUrl}: the URL number {index + 1} cannot be read; it must be an absolute http:// or https:// URL."));
    }

    private static OptionsValidationException Invalid(string sentence) => new(nameof(SolanaOptions), typeof(SolanaOptions), [sentence]);
}
