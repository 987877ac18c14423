using System.Reflection;
using Cluster.Solana;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>
/// A node that lags so far that it has never heard of some wallets: whoever asks for one of them, first of all accounts and
/// without naming a slot, gets the answer of slot 1, where it did not exist.
/// </summary>
public class LaggingNode : DispatchProxy
{
    private ISolanaRpc _chain = null!;
    private Func<Task<IReadOnlySet<PublicKey>>> _unheardOf = null!;

    /// <summary>Puts it between the silo and its chain.</summary>
    /// <param name="services">The silo's.</param>
    /// <param name="unheardOf">The wallets that it does not know.</param>
    public static void Install(IServiceCollection services, Func<Task<IReadOnlySet<PublicKey>>> unheardOf)
    {
        var real = services.Last(service => service.ServiceType == typeof(ISolanaRpc));
        services.Replace(ServiceDescriptor.Singleton(provider =>
        {
            var node = Create<ISolanaRpc, LaggingNode>();
            var lagging = (LaggingNode)(object)node;
            (lagging._chain, lagging._unheardOf) = ((ISolanaRpc)real.ImplementationFactory!(provider), unheardOf);
            return node;
        }));
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(ISolanaRpc.GetMultipleAccounts) && (RpcQuery)args![1]! is { MinContextSlot: null } query
            ? Answer((IReadOnlyList<PublicKey>)args[0]!, query, (DataSlice?)args[2], (CancellationToken)args[3]!)
            : targetMethod.Invoke(_chain, args);

    private async Task<AtSlot<IReadOnlyList<AccountInfo?>>> Answer(
        IReadOnlyList<PublicKey> accounts, RpcQuery query, DataSlice? slice, CancellationToken cancellationToken)
    {
        var unheardOf = await _unheardOf();
        return unheardOf.Contains(accounts[0])
            ? new AtSlot<IReadOnlyList<AccountInfo?>>(1, new AccountInfo?[accounts.Count])
            : await _chain.GetMultipleAccounts(accounts, query, slice, cancellationToken);
    }
}
