using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cluster.Solana;

/// <summary>Registers Solana.</summary>
public static class SolanaServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="ITransactionSender"/> (a hosted service: the start fails where an endpoint serves another
    /// network) and <see cref="ISolanaRpc"/> over the same endpoints. May be called twice.
    /// </summary>
    public static IServiceCollection AddSolana(this IServiceCollection services, Action<SolanaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<SolanaOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SolanaOptions>, SolanaOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TransactionSender>();
        services.TryAddSingleton<ITransactionSender>(provider => provider.GetRequiredService<TransactionSender>());
        services.TryAddSingleton(provider => provider.GetRequiredService<TransactionSender>().Rpc);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TransactionSender>(
            provider => provider.GetRequiredService<TransactionSender>()));
        return services;
    }
}
