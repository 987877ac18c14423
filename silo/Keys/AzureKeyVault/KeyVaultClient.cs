using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>
/// Calls the keys API of a vault or a managed HSM for one key. Source: https://learn.microsoft.com/rest/api/keyvault/keys
/// </summary>
internal sealed class KeyVaultClient(KeyAddress key, HttpPipeline pipeline, KeyVaultOptions options, OperationBudget budget, TimeProvider time)
{
    private const string ApiVersion = "7.4";
    private const int NotFound = 404;
    private const int RsaKeySize = 2_048;
    private const int AesKeySize = 256;

    /// <summary>Which key.</summary>
    public KeyAddress Key => key;

    /// <summary>What callers wait for at present; null where nobody waits.</summary>
    public string? Congestion => budget.Congestion is { } figures ? $"vault {key.Vault.Host}: {figures}" : null;

    /// <summary>Builds the pipeline to one vault. Attempts are made here, by our clock, so the pipeline makes one.</summary>
    public static HttpPipeline BuildPipeline(KeyAddress key, TokenCredential credential, HttpPipelineTransport transport, KeyVaultOptions options)
    {
        var client = new KeyVaultClientOptions
        {
            Transport = transport,
            Retry = { MaxRetries = 0, NetworkTimeout = options.RequestTimeout },
            Diagnostics = { IsLoggingContentEnabled = false },
        };
        return HttpPipelineBuilder.Build(client, new VaultChallengePolicy(credential, key.Vault));
    }

    /// <summary>Describes a version.</summary>
    public Task<VaultKey> GetVersion(string version, CancellationToken cancellationToken) =>
        Ask("get", RequestMethod.Get, $"/{version}", body: null, cancellationToken);

    /// <summary>Describes the newest version.</summary>
    public Task<VaultKey> GetNewest(CancellationToken cancellationToken) => Ask("get", RequestMethod.Get, "", body: null, cancellationToken);

    /// <summary>Describes the newest version; null where there is no such key.</summary>
    public Task<VaultKey?> FindNewest(CancellationToken cancellationToken) =>
        Send("get", RequestMethod.Get, "", body: null, response => ReadKey("get", response, cancellationToken), Kind.MayBeMissing, cancellationToken);

    /// <summary>Makes the key.</summary>
    /// <param name="keyType"><c>RSA</c>, <c>RSA-HSM</c> or <c>oct-HSM</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<VaultKey> Create(string keyType, CancellationToken cancellationToken)
    {
        var size = keyType.StartsWith("RSA", StringComparison.Ordinal) ? RsaKeySize : AesKeySize;
        return Ask(
            "create",
            RequestMethod.Post,
            "/create",
            Json(new KeyCreation(keyType, size, ["wrapKey", "unwrapKey"]), VaultJson.Default.KeyCreation),
            cancellationToken);
    }

    /// <summary>Makes a new version.</summary>
    public Task<VaultKey> Rotate(CancellationToken cancellationToken) => Ask("rotate", RequestMethod.Post, "/rotate", body: null, cancellationToken);

    /// <summary>Makes a version unusable, until somebody enables it again.</summary>
    public Task<VaultKey> Disable(string version, CancellationToken cancellationToken) => Ask(
        "update",
        RequestMethod.Patch,
        $"/{version}",
        Json(new KeyUpdate(new KeyAttributes(Enabled: false)), VaultJson.Default.KeyUpdate),
        cancellationToken);

    /// <summary>Wraps or unwraps.</summary>
    /// <param name="operation"><c>wrapkey</c> or <c>unwrapkey</c>.</param>
    /// <param name="version">Of the key.</param>
    /// <param name="algorithm">Of the key.</param>
    /// <param name="input">What is transformed.</param>
    /// <param name="read">Gets the answer's JSON, which is wiped afterwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> Transform<T>(
        string operation, string version, string algorithm, ReadOnlyMemory<byte> input, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        using var body = KeyOperationJson.Write(algorithm, input.Span);
        return await Send(
            operation,
            RequestMethod.Post,
            $"/{version}/{operation}",
            body.Memory,
            async response =>
            {
                using var reply = await KeyOperationJson.ReadBody(response.ContentStream, cancellationToken);
                return read(reply.Memory);
            },
            Kind.Operation,
            cancellationToken) ?? throw new KeyException($"The vault of {key} answered {operation} with nothing.");
    }

    private async Task<VaultKey> Ask(string operation, RequestMethod method, string path, byte[]? body, CancellationToken cancellationToken) =>
        (await Send(operation, method, path, body, response => ReadKey(operation, response, cancellationToken), Kind.Management, cancellationToken))!;

    private async Task<VaultKey> ReadKey(string operation, Response response, CancellationToken cancellationToken)
    {
        var bundle = await JsonSerializer.DeserializeAsync(response.ContentStream!, VaultJson.Default.KeyBundle, cancellationToken);
        return bundle?.Key?.Kid is { } id && key.TryGetVersion(id, out var version)
            ? new VaultKey(id, version, VaultKey.AlgorithmOf(bundle.Key.Kty, key), bundle.Attributes?.Enabled ?? true)
            : throw new KeyException($"The vault of {key} answered {operation} with another key: {bundle?.Key?.Kid}");
    }

    private async Task<T?> Send<T>(
        string operation,
        RequestMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        Func<Response, Task<T>> read,
        Kind kind,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (kind == Kind.Operation)
            {
                await budget.Enter(cancellationToken);
            }

            TimeSpan pause;
            try
            {
                using var message = CreateMessage(method, path, body);
                await pipeline.SendAsync(message, cancellationToken);
                if (message.Response.Status is >= 200 and < 300)
                {
                    return await read(message.Response);
                }

                if (message.Response.Status == NotFound && kind == Kind.MayBeMissing)
                {
                    return default;
                }

                // Read to its end, so that the connection can be used again.
                var failure = await VaultErrors.Of(operation, key, message.Response, attempt, cancellationToken);
                if (!failure.IsTransient || attempt >= options.MaxAttempts)
                {
                    throw failure;
                }

                pause = VaultRetry.Pause(attempt, message.Response, options, time.GetUtcNow());
            }
            catch (CredentialUnavailableException error)
            {
                throw new KeyException($"This process has no identity that {key} could know: {error.Message}", error);
            }
            catch (AuthenticationFailedException error)
            {
                throw new KeyException($"The identity for {key} cannot be proved: {error.GetBaseException().Message}", error, isTransient: true);
            }
            catch (Exception error) when (IsCutOff(error, cancellationToken))
            {
                if (attempt >= options.MaxAttempts)
                {
                    throw new KeyException($"The vault of {key} cannot be reached ({attempt} attempts): {error.Message}", error, isTransient: true);
                }

                pause = VaultRetry.Pause(attempt, response: null, options, time.GetUtcNow());
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private HttpMessage CreateMessage(RequestMethod method, string path, ReadOnlyMemory<byte>? body)
    {
        var message = pipeline.CreateMessage();

        // A reply may hold a data key: it is read into memory of ours, which is wiped, not into the pipeline's.
        message.BufferResponse = false;
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri($"{key.Prefix.TrimEnd('/')}{path}?api-version={ApiVersion}"));
        message.Request.Headers.Add("Accept", "application/json");
        if (body is { } bytes)
        {
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(bytes);
        }

        return message;
    }

    private static bool IsCutOff(Exception error, CancellationToken cancellationToken) =>
        error is RequestFailedException or IOException
        || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private sealed class KeyVaultClientOptions : ClientOptions;

    /// <summary>Operations count against the vault's limit; a key that is missing is an answer to who would make it.</summary>
    private enum Kind
    {
        Operation,
        Management,
        MayBeMissing,
    }
}
