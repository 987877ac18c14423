using System.CommandLine;
using System.Security.Cryptography;
using Cluster.Cli.Connection;
using Cluster.Cli.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Cli.Custody;

/// <summary><c>cluster wallet export</c>: takes a private key out of the cluster, into a file that its owner alone can read.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var id = WalletCommands.WalletId();
        var file = new Argument<FileInfo>("file") { Description = "A new file for the key, in the writing of the Solana command line." };
        var command = new Command("export", "Take a wallet's private key out of the cluster.") { id, file, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            // Opened first: a key that finds no place would have left the cluster for nothing.
            await using var target = KeyFile.Create(parsed.GetRequiredValue(file).FullName);
            using var recipient = SealingKey.Generate();
            var reply = await client.Call<ExportKeyReply>(
                new ExportKeyRequest
                {
                    RequestId = Requests.IdOf(parsed),
                    WalletId = parsed.GetRequiredValue(id),
                    RecipientPublicKey = ByteString.CopyFrom(recipient.PublicKey.Span),
                },
                cancellationToken);
            await Write(target, recipient, reply, cancellationToken);
            printer.Print(new ExportKeyReply { WalletId = reply.WalletId, Address = reply.Address }, ("wallet", reply.WalletId), ("address", reply.Address));
        });
        return command;
    }

    private static async Task Write(FileStream target, SealingKey recipient, ExportKeyReply reply, CancellationToken cancellationToken)
    {
        var secret = GC.AllocateArray<byte>(SigningKey.SecretKeySize, pinned: true);
        try
        {
            recipient.Open(reply.SealedSecret.Span, SealingPurpose.Export(reply.WalletId), secret);
            using var key = SigningKey.FromSecretKeyBytes(secret);
            await using var writer = new StreamWriter(target);
            await writer.WriteLineAsync($"[{string.Join(',', secret)}]".AsMemory(), cancellationToken);
        }
        catch (CryptographicException)
        {
            throw new CommandException($"what the cluster answered for wallet {reply.WalletId} does not open: it was changed on its way", ExitCode.Input);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
