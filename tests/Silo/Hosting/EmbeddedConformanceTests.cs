namespace Cluster.Tests.Silo.Hosting;

// The embedded host keeps all six promises.
public sealed class EmbeddedTurnTests() : TurnConformance(new EmbeddedHosts());
