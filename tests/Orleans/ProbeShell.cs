using Cluster.OrleansHost.Shells;
using Orleans;

namespace Cluster.Tests.OrleansHost;

/// <summary>The shell of the conformance suite's grains.</summary>
[GrainType("probe")]
public sealed class ProbeShell(ShellServices services) : GrainShell(services);
