using Microsoft.Extensions.Options;

namespace Cluster.Solana;

/// <summary>Names every setting that is out of its range, all at once.</summary>
internal sealed class SolanaOptionsValidator : IValidateOptions<SolanaOptions>
{
    /// <summary>The options themselves where all is well.</summary>
    /// <exception cref="OptionsValidationException">A setting is out of its range.</exception>
    public static SolanaOptions Checked(SolanaOptions options)
    {
        var result = new SolanaOptionsValidator().Validate(null, options);
        return result.Failed
            ? throw new OptionsValidationException(nameof(SolanaOptions), typeof(SolanaOptions), result.Failures)
            : options;
    }

    public ValidateOptionsResult Validate(string? name, SolanaOptions options)
    {
        var errors = new List<string>();
        Check(errors, Enum.IsDefined(options.Network), nameof(options.Network), "must be Localnet, Devnet, Testnet or MainnetBeta");
        CheckTime(errors, options.RequestTimeout, nameof(options.RequestTimeout), 0.1, 120);
        CheckTime(errors, options.StartTimeout, nameof(options.StartTimeout), 1, 600);
        CheckTime(errors, options.ResendInterval, nameof(options.ResendInterval), 0.1, 30);
        CheckTime(errors, options.SlotDuration, nameof(options.SlotDuration), 0.01, 5);
        CheckTime(errors, options.BlockhashRefresh, nameof(options.BlockhashRefresh), 0.1, 10);
        CheckTime(errors, options.BlockhashMaxAge, nameof(options.BlockhashMaxAge), 1, 30);
        CheckTime(errors, options.SinkTimeout, nameof(options.SinkTimeout), 1, 600);
        CheckRange(errors, options.MaxInFlight, nameof(options.MaxInFlight), 1, 1_000_000);
        CheckRange(errors, options.MaxConcurrentSends, nameof(options.MaxConcurrentSends), 1, 1024);
        CheckRange(errors, options.MaxConcurrentLookUps, nameof(options.MaxConcurrentLookUps), 1, 256);
        CheckRange(errors, options.PriorityFeePercentile, nameof(options.PriorityFeePercentile), 0, 100);
        Check(
            errors,
            options.PriorityFeeCap >= options.PriorityFeeFloor,
            nameof(options.PriorityFeeCap),
            $"is {options.PriorityFeeCap} and must be at least PriorityFeeFloor, {options.PriorityFeeFloor}");
        Check(errors, options.Endpoints.Count > 0, nameof(options.Endpoints), "must name at least one node");
        for (var i = 0; i < options.Endpoints.Count; i++)
        {
            Validate(errors, options.Endpoints[i], $"{nameof(options.Endpoints)}:{i}:");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Validate(List<string> errors, SolanaEndpointOptions endpoint, string place)
    {
        var url = endpoint.Url;
        Check(
            errors,
            url is { IsAbsoluteUri: true } && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps),
            place + nameof(endpoint.Url),
            "must be an absolute http:// or https:// URL");
        CheckRange(errors, endpoint.SendBatchSize, place + nameof(endpoint.SendBatchSize), 1, 24);
        CheckRange(errors, endpoint.MaxConnections, place + nameof(endpoint.MaxConnections), 1, 4096);
        CheckRate(errors, endpoint.RequestsPerSecond, place + nameof(endpoint.RequestsPerSecond));
        CheckRate(errors, endpoint.SendsPerSecond, place + nameof(endpoint.SendsPerSecond));
    }

    private static void CheckRate(List<string> errors, double rate, string setting) =>
        Check(errors, rate == 0 || rate is >= 0.1 and <= 1_000_000, setting, $"is {rate} and must be 0 (no limit) or 0.1 to 1,000,000");

    private static void CheckTime(List<string> errors, TimeSpan value, string setting, double minSeconds, double maxSeconds) =>
        Check(
            errors,
            value.TotalSeconds >= minSeconds && value.TotalSeconds <= maxSeconds,
            setting,
            $"is {value} and must be {TimeSpan.FromSeconds(minSeconds)} to {TimeSpan.FromSeconds(maxSeconds)}");

    private static void CheckRange(List<string> errors, int value, string setting, int min, int max) =>
        Check(errors, value >= min && value <= max, setting, $"is {value} and must be {min} to {max}");

    private static void Check(List<string> errors, bool holds, string setting, string otherwise)
    {
        if (!holds)
        {
            errors.Add($"Solana:{setting} {otherwise}");
        }
    }
}
