using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Wallets;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Cli.Custody;

/// <summary><c>cluster wallet …</c>: where wallets' keys come from and go to, and whether wallets may pay.</summary>
internal static class CustodyCommands
{
    /// <summary>The subcommands.</summary>
    public static IEnumerable<Command> Create() =>
        [Child(), NewWords(), Restore(), Import(), Watch(), ExportCommand.Create(), Freeze(), Unfreeze()];

    private static Command Child()
    {
        var id = WalletCommands.WalletId();
        var parent = new Argument<string>("parent") { Description = "The wallet from whose key the new one is derived." };
        var account = new Argument<uint>("account") { Description = "Which child: the path m/44'/501'/account'/0' below the parent." };
        var kind = new Option<WalletKind>("--kind") { Description = "project, user, treasury or hot.", DefaultValueFactory = _ => WalletKind.User };
        var label = new Option<string>("--label") { Description = "Free text for people.", DefaultValueFactory = _ => "" };
        var command = new Command("create-child", "Make a wallet whose key is derived from another's.") { id, parent, account, kind, label, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => WalletCommands.Print(printer, await client.Call<Wallet>(
            new CreateChildWalletRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                ParentWalletId = parsed.GetRequiredValue(parent),
                Account = parsed.GetValue(account),
                Kind = parsed.GetValue(kind),
                Label = parsed.GetRequiredValue(label),
            },
            cancellationToken)));
        return command;
    }

    private static Command NewWords()
    {
        var options = new ImportOptions(WalletKind.Project);
        var path = new WordsPath();
        var count = new Option<int>("--words") { Description = "12 or 24.", DefaultValueFactory = _ => 24 };
        count.AcceptOnlyFromAmong("12", "24");
        var command = options.Command("create-with-words", "Make a wallet from fresh words. They are shown once, made here, and never sent.");
        command.Options.Add(count);
        command.Options.Add(path.Account);
        command.Options.Add(path.Path);
        command.Options.Add(path.Passphrase);
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            using var words = Mnemonic.Generate(parsed.GetValue(count));
            using var key = await path.Derive(words, parsed, cancellationToken);

            // Before the wallet is there: whoever loses the words then has lost nothing.
            await Console.Error.WriteLineAsync("Write these words down. They are the wallet, and nobody can show them again:");
            await Console.Error.WriteLineAsync();
            await Console.Error.WriteLineAsync(words.Reveal());
            await Console.Error.WriteLineAsync();
            WalletCommands.Print(printer, await WalletImport.Run(client, options.Request(parsed, path.Text(parsed)), key, cancellationToken));
        });
        return command;
    }

    private static Command Restore()
    {
        var options = new ImportOptions(WalletKind.Imported);
        var path = new WordsPath();
        var file = SecretInput.File("--words-file", "the words");
        file.Required = true;
        var command = options.Command("restore", "Make a wallet from words that Phantom, the Solana command line or this one made.");
        command.Options.Add(file);
        command.Options.Add(path.Account);
        command.Options.Add(path.Path);
        command.Options.Add(path.Passphrase);
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            using var words = Parse(await SecretInput.Read(parsed.GetRequiredValue(file)!, cancellationToken));
            using var key = await path.Derive(words, parsed, cancellationToken);
            WalletCommands.Print(printer, await WalletImport.Run(client, options.Request(parsed, path.Text(parsed)), key, cancellationToken));
        });
        return command;
    }

    private static Command Import()
    {
        var options = new ImportOptions(WalletKind.Imported);
        var file = SecretInput.File("--secret-file", "the private key: base58, base64 or a JSON array, of 32 or 64 bytes");
        file.Required = true;
        var command = options.Command("import", "Make a wallet of a private key.");
        command.Options.Add(file);
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            using var key = WalletImport.Key(await SecretInput.Read(parsed.GetRequiredValue(file)!, cancellationToken));
            WalletCommands.Print(printer, await WalletImport.Run(client, options.Request(parsed), key, cancellationToken));
        });
        return command;
    }

    private static Command Watch()
    {
        var id = WalletCommands.WalletId();
        var address = new Argument<string>("address") { Description = "Base58." };
        var label = new Option<string>("--label") { Description = "Free text for people.", DefaultValueFactory = _ => "" };
        var parent = new Option<string>("--parent") { Description = "The wallet that it stands under.", DefaultValueFactory = _ => "" };
        var cold = new Option<bool>("--cold") { Description = "Its owner signs offline what the cluster prepares (cluster cold …)." };
        var command = new Command("watch", "Take in an address whose key is elsewhere.") { id, address, label, parent, cold, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => WalletCommands.Print(printer, await client.Call<Wallet>(
            new WatchWalletRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                Address = parsed.GetRequiredValue(address),
                Kind = parsed.GetValue(cold) ? WalletKind.Cold : WalletKind.WatchOnly,
                Label = parsed.GetRequiredValue(label),
                ParentWalletId = parsed.GetRequiredValue(parent),
            },
            cancellationToken)));
        return command;
    }

    private static Command Freeze()
    {
        var id = WalletCommands.WalletId();
        var reason = Reason();
        var command = new Command("freeze", "Let nothing more be paid from a wallet.") { id, reason, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => WalletCommands.Print(printer, await client.Call<Wallet>(
            new FreezeWalletRequest { RequestId = Requests.IdOf(parsed), WalletId = parsed.GetRequiredValue(id), Reason = parsed.GetRequiredValue(reason) },
            cancellationToken)));
        return command;
    }

    private static Command Unfreeze()
    {
        var id = WalletCommands.WalletId();
        var reason = Reason();
        var command = new Command("unfreeze", "Let a frozen wallet pay again.") { id, reason, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => WalletCommands.Print(printer, await client.Call<Wallet>(
            new UnfreezeWalletRequest { RequestId = Requests.IdOf(parsed), WalletId = parsed.GetRequiredValue(id), Reason = parsed.GetRequiredValue(reason) },
            cancellationToken)));
        return command;
    }

    private static Argument<string> Reason() => new("reason") { Description = "Why, for people and for the audit log." };

    private static Mnemonic Parse(string words)
    {
        try
        {
            return Mnemonic.Parse(words);
        }
        catch (FormatException error)
        {
            throw new CommandException(error.Message, ExitCode.Input);
        }
    }
}
