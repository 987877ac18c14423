using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;
using QRCoder;

namespace Cluster.Cli.Access;

/// <summary><c>cluster second-factor …</c></summary>
internal static class SecondFactorCommands
{
    /// <summary>Pixels of the PNG for each dot of the QR code.</summary>
    private const int PixelsPerDot = 8;

    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("second-factor", "Enrol an authenticator app, whose codes some operations ask for.")
    {
        Enroll(),
        Status(),
        Remove(),
    };

    private static Command Enroll()
    {
        var principal = AccessCommands.PrincipalId();
        var png = new Option<FileInfo?>("--png") { Description = "Write the QR code into this file instead of the terminal." };
        var command = new Command("enroll", "Show a QR code, take its first code, print recovery codes.") { principal, png };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(principal);
            var begun = await client.Call<EnrollSecondFactorReply>(
                new EnrollSecondFactorRequest { RequestId = Guid.CreateVersion7().ToString(), PrincipalId = id }, cancellationToken);
            await Show(begun.Uri, parsed.GetValue(png), cancellationToken);
            Console.Error.Write("code that the app shows: ");
            var confirmed = await client.Call<ConfirmSecondFactorReply>(
                new ConfirmSecondFactorRequest
                {
                    RequestId = Guid.CreateVersion7().ToString(),
                    PrincipalId = id,
                    Code = Console.ReadLine()?.Trim() ?? "",
                },
                cancellationToken);
            if (printer.Json)
            {
                Printer.PrintJson(confirmed);
                return;
            }

            Console.Out.WriteLine("Enrolled. Each of these recovery codes opens once where the app is lost; keep them elsewhere:");
            foreach (var code in confirmed.RecoveryCodes)
            {
                Console.Out.WriteLine(code);
            }
        });
        return command;
    }

    private static async Task Show(string uri, FileInfo? file, CancellationToken cancellationToken)
    {
        using var code = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        if (file is null)
        {
            using var text = new AsciiQRCode(code);
            Console.Error.WriteLine(text.GetGraphicSmall());
            Console.Error.WriteLine(uri);
            return;
        }

        using var image = new PngByteQRCode(code);
        var creation = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(file.FullName, creation);
        await stream.WriteAsync(image.GetGraphic(PixelsPerDot), cancellationToken);
        Console.Error.WriteLine($"Scan {file.FullName}, then delete it: who has it has the second factor.");
    }

    private static Command Status()
    {
        var principal = AccessCommands.PrincipalId();
        var command = new Command("status", "Look whether a principal has a second factor.") { principal };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<SecondFactor>(
            new GetSecondFactorRequest { PrincipalId = parsed.GetRequiredValue(principal) }, cancellationToken)));
        return command;
    }

    private static Command Remove()
    {
        var principal = AccessCommands.PrincipalId();
        var command = new Command("remove", "Take a second factor away, with its recovery codes.") { principal, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<SecondFactor>(
            new RemoveSecondFactorRequest { RequestId = Requests.IdOf(parsed), PrincipalId = parsed.GetRequiredValue(principal) }, cancellationToken)));
        return command;
    }

    private static void Print(Printer printer, SecondFactor factor) => printer.Print(
        factor,
        ("principal", factor.PrincipalId),
        ("second factor", factor.Active ? "active" : "none"),
        ("locked until", factor.LockTime?.ToDateTimeOffset().ToString("u") ?? ""),
        ("recovery codes", factor.Active ? $"{factor.RecoveryCodesLeft} left" : ""));
}
