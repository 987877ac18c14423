using System.Globalization;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Grains.Wallets.Sweeps;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Registers wallets.</summary>
public static class WalletServiceCollectionExtensions
{
    /// <summary>
    /// Adds wallet grains and the lists of wallets and payments. Needs
    /// <see cref="Storage.StorageServiceCollectionExtensions.AddStorage"/>, <see cref="Assets.AssetServiceCollectionExtensions.AddAssets"/>,
    /// signers and a sender. Safe to call twice.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="WalletOptions"/>.</param>
    public static IServiceCollection AddWallets(this IServiceCollection services, IConfiguration configuration) =>
        services.AddWalletGrains(configuration).AddWalletQueries();

    /// <summary>Adds the lists of wallets and payments alone; needs storage.</summary>
    /// <param name="services">The container.</param>
    internal static IServiceCollection AddWalletQueries(this IServiceCollection services)
    {
        services.TryAddSingleton<WalletStore>();
        services.TryAddSingleton<TransferStore>();
        return services.AddQueries<WalletQueries>();
    }

    /// <summary>Adds wallet grains alone.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configuration">Holds <see cref="WalletOptions"/>.</param>
    internal static IServiceCollection AddWalletGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WalletOptions>()
            .Bind(configuration.GetSection(WalletOptions.Section))
            .Configure(options => options.MaxTransactionAmount = MaxTransactionAmount(configuration) ?? options.MaxTransactionAmount)
            .Validate(
                options => options.LargeTransferAmount > 0,
                $"{WalletOptions.Section}:{nameof(WalletOptions.LargeTransferAmount)} must be above 0.")
            .Validate(
                options => options.MaxInFlight is >= 1 and <= 65_536,
                $"{WalletOptions.Section}:{nameof(WalletOptions.MaxInFlight)} must lie between 1 and 65,536.")
            .Validate(
                options => options.ReminderPeriod >= TimeSpan.FromSeconds(1) && options.ReminderPeriod <= TimeSpan.FromMinutes(10),
                $"{WalletOptions.Section}:{nameof(WalletOptions.ReminderPeriod)} must lie between 00:00:01 and 00:10:00.")
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WalletOptions>, AmountValidator>());
        services.TryAddSingleton<WalletStore>();
        services.TryAddSingleton<TransferStore>();
        services.TryAddSingleton<CeilingStore>();
        services.TryAddSingleton<ColdPaymentStore>();
        services.TryAddSingleton<ProposalStore>();
        services.TryAddSingleton<PaymentReader>();
        services.TryAddSingleton<SweepReader>();
        services.TryAddSingleton<BalanceReader>();
        services.TryAddSingleton<PaymentOutbox>();
        services.TryAddSingleton<WalletParts>();
        return services.AddGrain<WalletGrain>("wallet");
    }

    private static decimal? MaxTransactionAmount(IConfiguration configuration)
    {
        if (configuration[WalletOptions.MaxTransactionAmountSetting] is not { Length: > 0 } text)
        {
            return null;
        }

        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var sol)
            ? sol
            : throw new OptionsValidationException(
                nameof(WalletOptions),
                typeof(WalletOptions),
                [$"{WalletOptions.MaxTransactionAmountSetting} is '{text}'; it is a plain number of SOL, for example 12.5."]);
    }

    private sealed class AmountValidator : IValidateOptions<WalletOptions>
    {
        public ValidateOptionsResult Validate(string? name, WalletOptions options) =>
            WalletOptions.AmountFault(options.MaxTransactionAmount) is { } fault
                ? ValidateOptionsResult.Fail($"{WalletOptions.MaxTransactionAmountSetting} is {options.MaxTransactionAmount}; {fault}.")
                : ValidateOptionsResult.Success;
    }
}
