using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Cluster.Solana;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.Tests.Solana.Sending;

/// <summary>A sender over fake nodes, with short intervals on the real clock and a log that can be read.</summary>
internal sealed class SenderFixture : IAsyncDisposable, ILogger<TransactionSender>
{
    private SenderFixture(IReadOnlyList<Uri> urls, Action<SolanaOptions>? configure, IMeterFactory? meters)
    {
        var options = new SolanaOptions
        {
            SlotDuration = TimeSpan.FromMilliseconds(10),
            ResendInterval = TimeSpan.FromMilliseconds(100),
            RequestTimeout = TimeSpan.FromSeconds(5),
            StartTimeout = TimeSpan.FromSeconds(10),
        };
        foreach (var url in urls)
        {
            options.Endpoints.Add(new SolanaEndpointOptions { Url = url });
        }

        configure?.Invoke(options);
        Sender = new TransactionSender(Options.Create(options), TimeProvider.System, this, meters);
    }

    public TransactionSender Sender { get; }

    public CollectingSink Sink { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public static Task<SenderFixture> Start(FakeChain chain, Action<SolanaOptions>? configure = null, IMeterFactory? meters = null) =>
        Start([chain.Server.Url], configure, meters);

    public static async Task<SenderFixture> Start(IReadOnlyList<Uri> urls, Action<SolanaOptions>? configure = null, IMeterFactory? meters = null)
    {
        var fixture = new SenderFixture(urls, configure, meters);
        try
        {
            await fixture.Sender.StartAsync(default);
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }

    public ValueTask Submit(params IReadOnlyList<SignedTransaction> transactions) => Sender.Submit(transactions, Sink, default);

    public ValueTask DisposeAsync() => Sender.DisposeAsync();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{formatter(state, exception)} {exception}");
}
