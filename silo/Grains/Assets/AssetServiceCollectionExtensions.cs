using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Silo.Grains.Assets;

/// <summary>Registers what reads and judges assets on the chain.</summary>
public static class AssetServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ChainReader"/>, <see cref="ChainCircuit"/>, <see cref="MintReader"/> and <see cref="RentReader"/>; needs <see cref="Solana.ISolanaRpc"/>. Safe to call twice.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="ChainReaderOptions"/>.</param>
    public static IServiceCollection AddAssets(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ChainReaderOptions>()
            .Bind(configuration.GetSection(ChainReaderOptions.Section))
            .Validate(
                options => options.Deadline >= TimeSpan.FromMilliseconds(10) && options.Deadline <= TimeSpan.FromSeconds(10),
                $"{ChainReaderOptions.Section}:{nameof(ChainReaderOptions.Deadline)} must lie between 00:00:00.010 and 00:00:10.")
            .Validate(
                options => options.RefuseFor >= TimeSpan.Zero && options.RefuseFor <= TimeSpan.FromMinutes(1),
                $"{ChainReaderOptions.Section}:{nameof(ChainReaderOptions.RefuseFor)} must lie between 00:00:00 and 00:01:00.")
            .Validate(
                options => options.MaxConcurrentRequests is >= 1 and <= 64,
                $"{ChainReaderOptions.Section}:{nameof(ChainReaderOptions.MaxConcurrentRequests)} must lie between 1 and 64.")
            .Validate(
                options => options.MaxWaitingReads is >= 1 and <= 1_000_000,
                $"{ChainReaderOptions.Section}:{nameof(ChainReaderOptions.MaxWaitingReads)} must lie between 1 and 1,000,000.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ChainCircuit>();
        services.TryAddSingleton<ChainReader>();
        services.TryAddSingleton<MintReader>();
        services.TryAddSingleton<RentReader>();
        return services;
    }
}
