using Cluster.Solana;
using Cluster.Tests.Support;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>The judge: what a localnet's ledger says, asked past the cluster.</summary>
internal static class WalletChain
{
    public const ulong WalletRent = 890_880;
    public const ulong Fee = 5_000;

    public static string NewAddress()
    {
        using var key = SigningKey.Generate();
        return key.PublicKey.ToString();
    }

    public static async Task Fund(this LocalnetProcess localnet, string address, ulong lamports) =>
        await localnet.AdminAsync("set-account", new { address, lamports = lamports.ToString() });

    public static async Task<string> Mint(this LocalnetProcess localnet, string owner, ulong supply, object? extensions = null)
    {
        var order = new Dictionary<string, object> { ["owner"] = owner, ["supply"] = supply.ToString(), ["freezable"] = true };
        foreach (var property in extensions?.GetType().GetProperties() ?? [])
        {
            order["program"] = "spl-token-2022";
            order[property.Name] = property.GetValue(extensions)!;
        }

        return (string)(await localnet.AdminAsync("mint", order))["mint"]!;
    }

    public static async Task<ulong> Lamports(this LocalnetProcess localnet, string address) =>
        (ulong)(await localnet.CallAsync("getBalance", address, new { commitment = "processed" }))!["value"]!;

    public static async Task<ulong> Tokens(this LocalnetProcess localnet, string mint, string owner)
    {
        foreach (var account in await localnet.TokenBalancesAsync(mint))
        {
            if ((string)account["owner"]! == owner)
            {
                return ulong.Parse(account["amount"]!.ToString());
            }
        }

        return 0;
    }
}
