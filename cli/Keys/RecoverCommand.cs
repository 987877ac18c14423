using System.CommandLine;
using System.Security.Cryptography;
using Cluster.Cli.Connection;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Cli.Keys;

/// <summary>
/// <c>cluster keys recover</c>: hands an older local key-encryption key to the cluster, encrypted under a key that only the
/// process has which opens wallets' keys, and shows what could not be opened with it.
/// </summary>
internal static class RecoverCommand
{
    private const int KeySize = 32;
    private const int HexLength = 2 * KeySize;

    public static Command Create()
    {
        var file = new Option<FileInfo>("--old-key-file") { Description = "A file with the older WALLET_ENCRYPTION_KEY, in base64 or hexadecimal.", Required = true };
        var command = new Command("recover", "Wrap what an older key-encryption key wrapped under the current one.") { file, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var key = await Read(parsed.GetRequiredValue(file), cancellationToken);
            try
            {
                using var rsa = RSA.Create();
                var begun = await client.Call<BeginRecoveryReply>(new BeginRecoveryRequest { Keyring = KeysCommands.Keyring }, cancellationToken);
                rsa.ImportSubjectPublicKeyInfo(begun.PublicKey.Span, out _);
                await client.Call<KeyRotation>(
                    new RecoverKeysRequest
                    {
                        RequestId = Requests.IdOf(parsed),
                        Keyring = KeysCommands.Keyring,
                        OldKey = ByteString.CopyFrom(rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256)),
                    },
                    cancellationToken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }

            return await KeysCommands.Follow(client, printer, cancellationToken);
        });
        return command;
    }

    private static async Task<byte[]> Read(FileInfo file, CancellationToken cancellationToken)
    {
        var text = (await File.ReadAllTextAsync(file.FullName, cancellationToken)).Trim();
        try
        {
            var key = text.Length == HexLength ? Convert.FromHexString(text) : Convert.FromBase64String(text);
            if (key.Length == KeySize)
            {
                return key;
            }
        }
        catch (FormatException)
        {
            // Said below, without the text: it may be a key with a slip of the hand in it.
        }

        throw new CommandException($"{file.FullName} does not hold a key of {KeySize} bytes in base64 or hexadecimal.", ExitCode.Input);
    }
}
