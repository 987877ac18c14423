using System.Text.Json.Nodes;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary>The command line's executable and the gateway's, from an older key-encryption key to a new one.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class KeysCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_key_is_replaced_and_what_came_back_with_a_backup_is_recovered()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();
        const string Newer = "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100";
        await using (var older = await ClusterProcess.Start(database, localnet))
        {
            await Run(older, "wallet", "create", "treasury");
        }

        // Each process has a state directory of its own: the second one is to make an administrator's key again.
        // The first one was killed, and would be waited for.
        await database.Execute("truncate principals cascade; delete from key_holders");
        await using var cluster = await ClusterProcess.Start(
            database, localnet, ("WALLET_ENCRYPTION_KEY", Newer), ("WALLET_ENCRYPTION_KEY_FORMER", ClusterProcess.WalletEncryptionKey));
        var before = await Status(cluster);
        var backup = await database.Scalar<string>("select encode(wrapped_data_key, 'hex') || ' ' || key_encryption_key from wallet_keys");
        await Run(cluster, "keys", "rotate", "--wait");
        var after = await Status(cluster);
        await Run(cluster, "keys", "clear-cache");

        Assert.Equal(2, before["keys"]!.AsArray().Count);
        var key = Assert.Single(after["keys"]!.AsArray())!;
        Assert.Equal(("1", true), ((string)key["walletKeys"]!, (bool)key["current"]!));
        Assert.Equal("ROTATED", (string)after["rotation"]!["state"]!);

        var row = backup.Split(' ');
        await database.Execute($"update wallet_keys set wrapped_data_key = decode('{row[0]}', 'hex'), key_encryption_key = '{row[1]}'");
        var file = Path.Combine(_folder, "older");
        await File.WriteAllTextAsync(file, ClusterProcess.WalletEncryptionKey);
        await Run(cluster, "keys", "recover", "--old-key-file", file);
        var recovered = (await Status(cluster))["rotation"]!;
        Assert.Equal(("1", "0", true), ((string)recovered["rewrapped"]!, (string)recovered["failed"]!, (bool)recovered["recovery"]!));

        await File.WriteAllTextAsync(file, "no key");
        var (exitCode, output) = await CommandLine.Run(cluster, "keys", "recover", "--old-key-file", file);
        Assert.Equal((3, $"error: {file} does not hold a key of 32 bytes in base64 or hexadecimal."), (exitCode, output.Trim()));
    }

    private static async Task<JsonNode> Status(ClusterProcess cluster) => JsonNode.Parse(await Run(cluster, "keys", "status", "--json"))!;

    private static async Task<string> Run(ClusterProcess cluster, params string[] arguments)
    {
        var (exitCode, output) = await CommandLine.Run(cluster, arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)} ended with {exitCode}: {output}");
        return output;
    }
}
