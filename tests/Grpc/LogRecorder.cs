using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Grpc;

/// <summary>Keeps what is logged under the library's own category.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, int EventId, string Text, Exception? Exception)> _entries = new();

    public IReadOnlyCollection<(LogLevel Level, int EventId, string Text, Exception? Exception)> Entries => _entries;

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName == "Cluster.Grpc.Server");

    public void Dispose()
    {
    }

    private sealed class Recorder(LogRecorder owner, bool enabled) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => enabled;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (enabled)
            {
                owner._entries.Enqueue((logLevel, eventId.Id, formatter(state, exception), exception));
            }
        }
    }
}
