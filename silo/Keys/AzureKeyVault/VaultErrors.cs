using System.Text.Json;
using Azure;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>Says what a vault's refusal means, in a sentence that names the remedy.</summary>
internal static class VaultErrors
{
    private const int MaxBody = 16 * 1024;
    private const int MaxQuoted = 400;

    /// <summary>The exception for a reply that is no success.</summary>
    /// <param name="operation">For example <c>unwrapkey</c>.</param>
    /// <param name="key">Which key.</param>
    /// <param name="response">What the vault replied.</param>
    /// <param name="attempts">How often it was asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<KeyException> Of(string operation, KeyAddress key, Response response, int attempts, CancellationToken cancellationToken)
    {
        var said = await Read(response, cancellationToken);
        var message = response.Status switch
        {
            401 => $"The vault of {key} does not accept this process's identity (401): {said} Give the process an identity in the vault's tenant.",
            403 => $"The vault of {key} refused {operation} (403): {said} The identity needs the permissions get, wrapKey and unwrapKey, for rotation also rotate and update; and the version must be enabled.",
            404 => $"There is no key {key}, or not in this version (404): {said} A deleted key can be recovered until it is purged: az keyvault key recover.",
            409 => $"The vault of {key} refused {operation} (409): {said} A key of that name is deleted and not yet purged: recover it, or choose another name.",
            429 => $"The vault of {key} is too busy for {operation} (429, {attempts} attempts): {said}",
            _ => $"The vault of {key} failed at {operation} ({response.Status}, {attempts} attempts): {said}",
        };
        return new KeyException(message, isTransient: VaultRetry.IsTransient(response.Status));
    }

    private static async Task<string> Read(Response response, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new MemoryStream();
            if (response.ContentStream is { } stream)
            {
                var buffer = new byte[MaxBody];
                for (int read; body.Length < MaxBody && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    body.Write(buffer, 0, read);
                }
            }

            var error = JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), VaultJson.Default.ErrorReply)?.Error;
            var text = $"{error?.Code}: {error?.Message}".Trim(' ', ':');
            text = text.Length > MaxQuoted ? text[..MaxQuoted] : text;
            return text.Length == 0 ? response.ReasonPhrase : text.EndsWith('.') ? text : $"{text}.";
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            return $"{response.ReasonPhrase}.";
        }
    }
}
