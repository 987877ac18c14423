using System.CommandLine;
using System.Security.Cryptography;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Cli.Access;

/// <summary><c>cluster key …</c></summary>
internal static class KeyCommands
{
    private const int IdBytes = 8;

    private static readonly string[] Columns = ["key", "principal", "name", "state", "permissions", "from", "last used"];

    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("key", "Make, rotate and revoke the keys by which principals call.")
    {
        CreateKey(),
        Rotate(),
        Revoke(),
        Get(),
        List(),
    };

    private static Argument<string> KeyId() => new("key") { Description = "The key's id." };

    private static Option<string?> NewId() => new("--key-id")
    {
        Description = "The new key's id, to repeat a request; one is made where it is not given.",
    };

    private static Option<DateTimeOffset?> End() => new("--expires") { Description = "When it ends, for example 2027-01-31." };

    private static Command CreateKey()
    {
        var principal = AccessCommands.PrincipalId();
        var name = new Option<string>("--name") { Description = "Free text for people.", DefaultValueFactory = _ => "" };
        var permissions = new Option<Permission[]>("--permission")
        {
            Description = "Narrows what the principal may do by this key; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        var addresses = new Option<string[]>("--from")
        {
            Description = "An address or network (10.0.0.0/8) from which it may be used; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        var certificate = new Option<FileInfo?>("--certificate") { Description = "A client certificate (PEM) in place of a secret." };
        var subject = new Option<string?>("--certificate-subject") { Description = "The subject of client certificates in place of a secret." };
        var (end, id) = (End(), NewId());
        var command = new Command("create", "Make a key; its secret is printed once.")
        {
            principal, name, permissions, addresses, end, certificate, subject, id, Requests.Id,
        };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var request = new CreateApiKeyRequest
            {
                RequestId = Requests.IdOf(parsed),
                KeyId = parsed.GetValue(id) ?? FreshId(),
                PrincipalId = parsed.GetRequiredValue(principal),
                Name = parsed.GetRequiredValue(name),
                Permissions = { parsed.GetRequiredValue(permissions) },
                Addresses = { parsed.GetRequiredValue(addresses) },
                ExpireTime = parsed.GetValue(end)?.ToTimestamp(),
                CertificateSubject = parsed.GetValue(subject) ?? "",
                CertificatePem = parsed.GetValue(certificate) is { } file ? await File.ReadAllTextAsync(file.FullName, cancellationToken) : "",
            };
            Print(printer, await client.Call<IssuedApiKey>(request, cancellationToken));
        });
        return command;
    }

    private static Command Rotate()
    {
        var (key, end, id) = (KeyId(), End(), NewId());
        var overlap = new Option<TimeSpan?>("--overlap") { Description = "How long the old key goes on to work, at most 30.00:00:00; a day where it is not given." };
        var command = new Command("rotate", "Make a new key in the place of one; its secret is printed once.") { key, overlap, end, id, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<IssuedApiKey>(
            new RotateApiKeyRequest
            {
                RequestId = Requests.IdOf(parsed),
                KeyId = parsed.GetRequiredValue(key),
                NewKeyId = parsed.GetValue(id) ?? FreshId(),
                Overlap = parsed.GetValue(overlap)?.ToDuration(),
                ExpireTime = parsed.GetValue(end)?.ToTimestamp(),
            },
            cancellationToken)));
        return command;
    }

    private static Command Revoke()
    {
        var key = KeyId();
        var command = new Command("revoke", "End a key for good, at once on every gateway.") { key, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<ApiKeyDescription>(
            new RevokeApiKeyRequest { RequestId = Requests.IdOf(parsed), KeyId = parsed.GetRequiredValue(key) }, cancellationToken)));
        return command;
    }

    private static Command Get()
    {
        var key = KeyId();
        var command = new Command("get", "Look at a key.") { key };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<ApiKeyDescription>(
            new GetApiKeyRequest { KeyId = parsed.GetRequiredValue(key) }, cancellationToken)));
        return command;
    }

    private static Command List()
    {
        var principal = new Option<string>("--principal") { Description = "Only this principal's.", DefaultValueFactory = _ => "" };
        var command = new Command("list", "List keys, oldest first.") { principal };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var keys = new List<ApiKeyDescription>();
            var request = new ListApiKeysRequest { PageSize = 1000, PrincipalId = parsed.GetRequiredValue(principal) };
            do
            {
                var reply = await client.Call<ListApiKeysReply>(request, cancellationToken);
                keys.AddRange(reply.Keys);
                request.PageToken = reply.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            printer.Print(keys, Columns, key =>
                [key.KeyId, key.PrincipalId, key.Name, State(key), Permissions(key), string.Join(' ', key.Addresses), Time(key.LastUseTime)]);
        });
        return command;
    }

    private static void Print(Printer printer, IssuedApiKey issued)
    {
        if (printer.Json)
        {
            Printer.PrintJson(issued);
            return;
        }

        Print(printer, issued.Key);
        if (issued.Secret.Length > 0)
        {
            Console.Out.WriteLine(issued.Secret);
        }
    }

    private static void Print(Printer printer, ApiKeyDescription key) => printer.Print(
        key,
        ("key", key.KeyId),
        ("principal", key.PrincipalId),
        ("name", key.Name),
        ("state", State(key)),
        ("kind", key.Certificate ? "certificate" : "secret"),
        ("permissions", Permissions(key)),
        ("from", string.Join(' ', key.Addresses)),
        ("replaced by", key.ReplacedBy),
        ("made by", key.CreatedBy),
        ("last used", Time(key.LastUseTime)));

    private static string FreshId() => RandomNumberGenerator.GetHexString(IdBytes * 2, lowercase: true);

    private static string Permissions(ApiKeyDescription key) => key.Narrowed ? string.Join(' ', key.Permissions) : "all of its principal's";

    private static string State(ApiKeyDescription key) =>
        key.RevokeTime is not null ? $"revoked {Time(key.RevokeTime)}" : key.ExpireTime is not null ? $"until {Time(key.ExpireTime)}" : "valid";

    private static string Time(Timestamp? time) => time?.ToDateTimeOffset().ToString("u") ?? "";
}
