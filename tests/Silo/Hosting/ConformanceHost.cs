using Cluster.Silo.Hosting;
using Cluster.Tests.Support;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Starts hosts of one kind for the conformance suite. Every host of the project is put through all of it.</summary>
public interface IConformanceHosts
{
    /// <summary>Starts a host with <see cref="ProbeGrain"/> and <see cref="ProbeQueries"/>; returns when it answers.</summary>
    Task<IConformanceHost> Start(ConformanceSettings settings);
}

/// <summary>A host under test.</summary>
public interface IConformanceHost
{
    IGrains Grains { get; }

    IOperations Operations { get; }

    /// <summary>How many calls wait for their turn.</summary>
    int Waiting { get; }

    /// <summary>Ends it as an operator would.</summary>
    Task Stop();

    /// <summary>Ends it as signal 9 would: no last turns, no timers, nothing that it was about to do.</summary>
    Task Kill();
}

/// <summary>What a test demands of the host that it starts.</summary>
public sealed record ConformanceSettings(Stage Stage, TestDatabase Database, FakeTimeProvider Clock)
{
    public int MailboxBound { get; init; } = 1_000;

    public TimeSpan IdleAge { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ActivationTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
