using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.Cli.Wallets;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Cli.Custody;

/// <summary><c>cluster cold …</c>: payments from wallets whose key is kept offline.</summary>
internal static class ColdCommands
{
    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("cold", "Pay from wallets whose key is kept offline.") { Prepare(), Sign(), Submit() };

    private static Command Prepare()
    {
        var id = WalletCommands.WalletId();
        var destination = new Argument<string>("destination") { Description = "The recipient's address." };
        var amount = new Argument<ulong>("amount") { Description = "Base units (lamports for SOL)." };
        var mint = new Option<string>("--mint") { Description = "Pay this token; SOL where it is not given.", DefaultValueFactory = _ => "" };
        var memo = new Option<string>("--memo") { Description = "Put on chain with the payment.", DefaultValueFactory = _ => "" };
        var command = new Command("prepare", "Make the transaction of a payment, to be signed elsewhere.") { id, destination, amount, mint, memo, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var payment = await client.Call<PreparedPayment>(
                new PreparePaymentRequest
                {
                    RequestId = Requests.IdOf(parsed),
                    WalletId = parsed.GetRequiredValue(id),
                    Destination = parsed.GetRequiredValue(destination),
                    Amount = parsed.GetValue(amount),
                    Mint = parsed.GetRequiredValue(mint),
                    Memo = parsed.GetRequiredValue(memo),
                },
                cancellationToken);
            printer.Print(
                payment,
                ("payment", payment.PaymentId),
                ("amount", $"{Amounts.Count(payment.Amount)} {(payment.Mint.Length == 0 ? "lamports" : $"base units of {payment.Mint}")}"),
                ("destination", payment.Destination),
                ("fee", Amounts.Sol(payment.FeeLamports)),
                ("transaction", payment.Transaction.ToBase64()));
        });
        return command;
    }

    /// <summary>Needs no cluster and no network: it runs where the key is.</summary>
    private static Command Sign()
    {
        var transaction = new Argument<string>("transaction") { Description = "Base64, from prepare." };
        var file = SecretInput.File("--secret-file", "the private key: base58, base64 or a JSON array, of 32 or 64 bytes");
        file.Required = true;
        var command = new Command("sign", "Sign a prepared transaction, on the machine that has the key and no network.") { transaction, file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var key = WalletImport.Key(await SecretInput.Read(parsed.GetRequiredValue(file)!, cancellationToken));
            var bytes = Bytes(parsed.GetRequiredValue(transaction));
            Transaction.SetSignature(bytes, key.PublicKey, key.Sign(Transaction.Message(bytes)));
            await Console.Out.WriteLineAsync(Convert.ToBase64String(bytes).AsMemory(), cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Submit()
    {
        var id = WalletCommands.WalletId();
        var payment = new Argument<string>("payment") { Description = "The payment's id, from prepare." };
        var transaction = new Argument<string>("transaction") { Description = "Base64, signed." };
        var command = new Command("submit", "Hand in a signed transaction, to be sent.") { id, payment, transaction, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => TransferCommand.Print(printer, await client.Call<Transfer>(
            new SubmitPaymentRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                PaymentId = parsed.GetRequiredValue(payment),
                Transaction = ByteString.CopyFrom(Bytes(parsed.GetRequiredValue(transaction))),
            },
            cancellationToken)));
        return command;
    }

    private static byte[] Bytes(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw new CommandException("the transaction is not base64; give it as prepare printed it", ExitCode.Input);
        }
    }
}
