using Microsoft.Extensions.Logging;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>Writes warnings of the silo under test to the test's own output, so that a failure tells its story.</summary>
internal sealed class TestLog : ILoggerProvider
{
    public static ILoggerProvider Provider { get; } = new TestLog();

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {category}: {formatter(state, exception)} {exception?.Message}");
            }
        }
    }
}
