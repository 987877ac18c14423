using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>
/// Lets no endpoint be used before its genesis hash is the configured network's, and watches how far their ledgers are
/// where there are several.
/// </summary>
internal sealed class EndpointMonitor(RpcPool pool, SolanaOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAtStart = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Returns once one endpoint is verified and every other has been tried.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// An endpoint serves another network, or none could be reached in time.
    /// </exception>
    public async Task VerifyAtStart(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(options.StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var last = new RpcException?[pool.Nodes.Count];
        try
        {
            while (true)
            {
                await Task.WhenAll(pool.Nodes.Select(async (node, i) => last[i] = await TryVerify(node, either.Token)));
                if (pool.Nodes.Any(node => node.Verified))
                {
                    return;
                }

                await Task.Delay(RetryAtStart, time, either.Token);
            }
        }
        catch (OperationCanceledException timeout) when (!ct.IsCancellationRequested)
        {
            var reasons = string.Join("; ", last.Select(error => error?.Message).OfType<string>().Distinct());
            throw new SolanaStartException(
                $"no Solana endpoint answered within {options.StartTimeout.TotalSeconds:0.###} s: {reasons}. "
                + "Check Solana:Endpoints, or raise Solana:StartTimeout.",
                timeout);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            await Task.WhenAll(pool.Nodes.Select(node => Look(node, ct)));
        }
    }

    private async Task Look(RpcNode node, CancellationToken ct)
    {
        try
        {
            if (!node.Verified)
            {
                await TryVerify(node, ct);
            }
            else if (pool.Nodes.Count > 1 && node.TryEnter())
            {
                await node.TakeRequest(ct);
                node.ObserveSlot(await node.Client.GetSlot(RpcQuery.Processed, ct));
                node.Observe(null);
            }
        }
        catch (RpcException exception)
        {
            node.Observe(exception);
            SenderLog.EndpointFailed(logger, node.ToString(), exception.Reason);
        }
        catch (SolanaStartException exception)
        {
            // An endpoint that was away at the start has come back as another network: it stays out.
            SenderLog.WrongNetwork(logger, node.ToString(), exception.Message);
        }
    }

    private async Task<RpcException?> TryVerify(RpcNode node, CancellationToken ct)
    {
        Blockhash genesis;
        try
        {
            genesis = await node.Client.GetGenesisHash(ct);
        }
        catch (RpcException exception)
        {
            return exception;
        }

        var network = GenesisHashes.NetworkOf(genesis);
        if (network != options.Network)
        {
            throw new SolanaStartException(
                $"the Solana endpoint {node} serves {network} (genesis {genesis}), but Solana:Network is {options.Network}. "
                + "Correct the one that is wrong.");
        }

        node.Verified = true;
        return null;
    }
}
