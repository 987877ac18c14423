using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary>
/// Tests that run the real gateway executable over a real PostgreSQL and the localnet. One at a time: each keeps a small
/// machine busy by itself.
/// </summary>
[CollectionDefinition(Name)]
public sealed class EndToEndGroup
{
    public const string Name = "End to end";
}
