using Cluster.OrleansHost.Shells;
using Orleans;

namespace Cluster.Bench.OrleansHost;

/// <summary>The place of a counter on a silo.</summary>
[GrainType("counter")]
public sealed class CounterShell(ShellServices services) : GrainShell(services);
