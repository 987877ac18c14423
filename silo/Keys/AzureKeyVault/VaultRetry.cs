using System.Globalization;
using Azure;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>When and after which pause a request that failed is made again.</summary>
internal static class VaultRetry
{
    /// <summary>Whether a later attempt may succeed.</summary>
    public static bool IsTransient(int status) => status is 408 or 429 or 500 or 502 or 503 or 504;

    /// <summary>The pause before the next attempt: what the vault asks for, or twice the pause before, spread at random.</summary>
    /// <param name="attempt">How many failed, from 1.</param>
    /// <param name="response">The vault's reply; null where none came.</param>
    /// <param name="options">Bound it.</param>
    /// <param name="now">For a date in the reply.</param>
    public static TimeSpan Pause(int attempt, Response? response, KeyVaultOptions options, DateTimeOffset now)
    {
        if (response is not null && Asked(response, now) is { } asked)
        {
            return asked < options.MaxRetryDelay ? asked : options.MaxRetryDelay;
        }

        var doubled = options.FirstRetryDelay * Math.Pow(2, Math.Min(attempt - 1, 20));
        var bounded = doubled < options.MaxRetryDelay ? doubled : options.MaxRetryDelay;
        return bounded * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private static TimeSpan? Asked(Response response, DateTimeOffset now)
    {
        if (response.Headers.TryGetValue("retry-after-ms", out var text) || response.Headers.TryGetValue("x-ms-retry-after-ms", out text))
        {
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : null;
        }

        if (!response.Headers.TryGetValue("Retry-After", out text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && date > now ? date - now : null;
    }
}
