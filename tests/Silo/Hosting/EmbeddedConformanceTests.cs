namespace Cluster.Tests.Silo.Hosting;

// The embedded host, put through the whole suite.

public sealed class EmbeddedTurnTests() : TurnConformance(new EmbeddedHosts());

public sealed class EmbeddedCommitTests() : CommitConformance(new EmbeddedHosts());

public sealed class EmbeddedIdempotencyTests() : IdempotencyConformance(new EmbeddedHosts());

public sealed class EmbeddedReminderTests() : ReminderConformance(new EmbeddedHosts());

public sealed class EmbeddedLifeTests() : LifeConformance(new EmbeddedHosts());

public sealed class EmbeddedTravelTests() : TravelConformance(new EmbeddedHosts());

public sealed class EmbeddedOperationsTests() : OperationsConformance(new EmbeddedHosts());
