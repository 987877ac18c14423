using Cluster.Tests.Silo.Hosting;

namespace Cluster.Tests.OrleansHost;

// The Orleans host, put through the whole suite: on one silo, on three, and on three through a gateway.

public sealed class OneSiloTurnTests() : TurnConformance(new OrleansHosts(1));

public sealed class OneSiloCommitTests() : CommitConformance(new OrleansHosts(1));

public sealed class OneSiloIdempotencyTests() : IdempotencyConformance(new OrleansHosts(1));

public sealed class OneSiloReminderTests() : ReminderConformance(new OrleansHosts(1));

public sealed class OneSiloLifeTests() : LifeConformance(new OrleansHosts(1));

public sealed class OneSiloTravelTests() : TravelConformance(new OrleansHosts(1));

public sealed class OneSiloOperationsTests() : OperationsConformance(new OrleansHosts(1));

public sealed class ThreeSilosTurnTests() : TurnConformance(new OrleansHosts(3));

public sealed class ThreeSilosCommitTests() : CommitConformance(new OrleansHosts(3));

public sealed class ThreeSilosIdempotencyTests() : IdempotencyConformance(new OrleansHosts(3));

public sealed class ThreeSilosReminderTests() : ReminderConformance(new OrleansHosts(3));

public sealed class ThreeSilosLifeTests() : LifeConformance(new OrleansHosts(3));

public sealed class ThreeSilosTravelTests() : TravelConformance(new OrleansHosts(3));

public sealed class ThreeSilosOperationsTests() : OperationsConformance(new OrleansHosts(3));

public sealed class GatewayTurnTests() : TurnConformance(new OrleansHosts(3, throughGateway: true));

public sealed class GatewayCommitTests() : CommitConformance(new OrleansHosts(3, throughGateway: true));

public sealed class GatewayIdempotencyTests() : IdempotencyConformance(new OrleansHosts(3, throughGateway: true));

public sealed class GatewayTravelTests() : TravelConformance(new OrleansHosts(3, throughGateway: true));

public sealed class GatewayOperationsTests() : OperationsConformance(new OrleansHosts(3, throughGateway: true));
