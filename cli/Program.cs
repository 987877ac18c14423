using Cluster.Cli;
using Cluster.Cli.Audit;
using Cluster.Cli.Access;
using Cluster.Cli.Campaigns;
using Cluster.Cli.Completion;
using Cluster.Cli.Connection;
using Cluster.Cli.Custody;
using Cluster.Cli.Keys;
using Cluster.Cli.Output;
using Cluster.Cli.Wallets;
using Spectre.Console;
using System.CommandLine;

// What goes into a file or another program is text alone.
AnsiConsole.Profile.Capabilities.Ansi &= !Console.IsOutputRedirected;
AnsiConsole.Profile.Width = Console.IsOutputRedirected ? Printer.WidthInFiles : AnsiConsole.Profile.Width;

var root = new RootCommand("Holds wallets, pays, and runs airdrops on a Cluster.")
{
    ConnectionOptions.Server,
    ConnectionOptions.KeyFile,
    ConnectionOptions.Json,
};
root.Subcommands.Add(WalletCommands.Create());
root.Subcommands.Add(ColdCommands.Create());
root.Subcommands.Add(TreasuryCommands.Create());
root.Subcommands.Add(CampaignCommands.Create());
root.Subcommands.Add(AirdropCommand.Create());
root.Subcommands.Add(KeysCommands.Create());
root.Subcommands.Add(AccessCommands.Create());
root.Subcommands.Add(KeyCommands.Create());
root.Subcommands.Add(AuditCommands.Create());
root.Subcommands.Add(SecondFactorCommands.Create());
root.Subcommands.Add(LimitCommands.Create());
root.Subcommands.Add(CompletionCommand.Create());

var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
return await CommandGuard.Run(async () =>
{
    var command = root.Parse(args);
    var code = await command.InvokeAsync(configuration);
    return command.Errors.Count > 0 ? ExitCode.Usage : code;
});
