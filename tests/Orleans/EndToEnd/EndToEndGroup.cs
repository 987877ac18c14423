using Xunit;

namespace Cluster.Tests.OrleansHost.EndToEnd;

/// <summary>Tests that run a whole cluster of processes. One at a time: each keeps a small machine busy by itself.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEndGroup
{
    public const string Name = "Orleans end to end";
}
