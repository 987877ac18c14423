using Microsoft.Extensions.Options;

namespace Cluster.Grpc.Server.Internal;

/// <summary>Names every bound that is broken, at once.</summary>
internal sealed class GrpcServerOptionsValidator : IValidateOptions<GrpcServerOptions>
{
    private const int OneGibibyte = 1 << 30;

    public ValidateOptionsResult Validate(string? name, GrpcServerOptions options)
    {
        var failures = new List<string>();
        Between(nameof(options.MaxReceiveMessageSize), options.MaxReceiveMessageSize, 1, OneGibibyte);
        Between(nameof(options.MaxSendMessageSize), options.MaxSendMessageSize, 1, OneGibibyte);
        Between(nameof(options.MinCompressedSize), options.MinCompressedSize, 0, OneGibibyte);
        Between(nameof(options.MaxStreamsPerConnection), options.MaxStreamsPerConnection, 1, 100_000);
        AtLeastOneSecond(nameof(options.KeepAlivePingDelay), options.KeepAlivePingDelay);
        AtLeastOneSecond(nameof(options.KeepAlivePingTimeout), options.KeepAlivePingTimeout);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Between(string option, int value, int low, int high)
        {
            if (value < low || value > high)
            {
                failures.Add($"{nameof(GrpcServerOptions)}.{option} is {value}: it must be between {low} and {high}");
            }
        }

        void AtLeastOneSecond(string option, TimeSpan value)
        {
            if (value < TimeSpan.FromSeconds(1))
            {
                failures.Add($"{nameof(GrpcServerOptions)}.{option} is {value}: it must be at least one second");
            }
        }
    }
}
