using System.CommandLine;
using Cluster.Cli;
using Cluster.Cli.Connection;
using Cluster.Cli.Custody;
using Cluster.Cli.Wallets;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Cli;

public sealed class WalletImportTests
{
    [Fact]
    public void No_option_of_a_command_hides_one_that_all_commands_have()
    {
        string[] global = [ConnectionOptions.Server.Name, ConnectionOptions.KeyFile.Name, ConnectionOptions.Json.Name];
        Command[] commands = [WalletCommands.Create(), ColdCommands.Create(), TreasuryCommands.Create()];

        Assert.All(
            commands.SelectMany(command => command.Subcommands),
            command => Assert.DoesNotContain(command.Options, option => global.Contains(option.Name)));
    }

    [Fact]
    public void A_key_is_read_unless_its_halves_do_not_fit_or_all_of_it_is_zero()
    {
        using var key = SigningKey.Generate();
        var secret = new byte[SigningKey.SecretKeySize];
        key.CopySeedTo(secret);
        key.PublicKey.CopyTo(secret.AsSpan(SigningKey.SeedSize));
        using var read = WalletImport.Key($"[{string.Join(',', secret)}]");
        secret[^1] ^= 1;

        var torn = Assert.Throws<CommandException>(() => WalletImport.Key(Convert.ToBase64String(secret)));
        var zeros = Assert.Throws<CommandException>(() => WalletImport.Key(Convert.ToBase64String(new byte[32])));

        Assert.Equal(key.PublicKey, read.PublicKey);
        Assert.StartsWith("the public half of the secret key does not belong to its seed", torn.Message);
        Assert.Equal("the key is all zeros: everybody knows it", zeros.Message);
    }
}
